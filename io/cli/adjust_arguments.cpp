#include <CLI/CLI.hpp>

#include "io/cli/verb_arguments.hpp"

namespace headroom::cli {

Settle add_adjust(CLI::App& app, AdjustOptions& options) {
    CLI::App& verb =
        *app.add_subcommand("adjust", "Make a case that differs in some feeders: caps, bands, ratings, forecasts");
    verb.add_option("CASE", options.case_path, "case file")->required()->type_name("");
    verb.add_option("--table", options.table_path, "CSV file: feeders (* and ? allowed) and what they have otherwise")
        ->required()
        ->type_name("CSV");
    verb.add_option("-o,--output", options.adjusted_path, "case file to write")->required()->type_name("CASE");
    verb.add_flag("--quiet", options.quiet, "errors only");
    return [] {};
}

}  // namespace headroom::cli
