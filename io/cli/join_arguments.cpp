#include <CLI/CLI.hpp>

#include "io/cli/verb_arguments.hpp"

namespace headroom::cli {

Settle add_join(CLI::App& app, JoinOptions& options) {
    CLI::App& verb = *app.add_subcommand("join", "Put the parts of a run together as one result file");
    verb.add_option("RUN", options.path, "folder of the run")->required()->type_name("");
    verb.add_option("-o,--output", options.result_path, "result file to write")->required()->type_name("RESULT");
    verb.add_flag("--quiet", options.quiet, "errors only");
    return [] {};
}

}  // namespace headroom::cli
