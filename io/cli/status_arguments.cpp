#include <CLI/CLI.hpp>

#include "io/cli/verb_arguments.hpp"

namespace headroom::cli {

Settle add_status(CLI::App& app, StatusOptions& options) {
    CLI::App& verb = *app.add_subcommand("status", "Say how far a run over a region is");
    verb.add_option("RUN", options.path, "folder of the run")->required()->type_name("");
    verb.add_flag("--json", options.json, "for machines");
    return [] {};
}

}  // namespace headroom::cli
