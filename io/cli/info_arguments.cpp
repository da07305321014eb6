#include <CLI/CLI.hpp>

#include "io/cli/verb_arguments.hpp"

namespace headroom::cli {

Settle add_info(CLI::App& app, InfoOptions& options) {
    CLI::App& verb = *app.add_subcommand("info", "Say what a case or result file holds, and whether it is valid");
    verb.add_option("FILE", options.path, "case or result file, or folder of a run")->required()->type_name("");
    verb.add_flag("--json", options.json, "for machines");
    return [] {};
}

}  // namespace headroom::cli
