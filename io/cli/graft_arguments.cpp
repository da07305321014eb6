#include <CLI/CLI.hpp>

#include "io/cli/verb_arguments.hpp"

namespace headroom::cli {

Settle add_graft(CLI::App& app, GraftOptions& options) {
    CLI::App& verb =
        *app.add_subcommand("graft", "Join feeders of a case to one tree: some grafted onto buses of another");
    verb.add_option("REGION", options.region_path, "case file with all of them")->required()->type_name("");
    verb.add_option("-o,--output", options.case_path, "case file to write")->required()->type_name("CASE");
    verb.add_option("--onto", options.onto, "feeder that the others are grafted onto")->required()->type_name("FEEDER");
    verb.add_option("--map", options.map_path,
                    "which feeders, and where: columns feeder, bus, and where needed replaces (customer), transformer, "
                    "rating_power_kva")
        ->required()
        ->type_name("CSV");
    verb.add_flag("--quiet", options.quiet, "errors only");
    return [] {};
}

}  // namespace headroom::cli
