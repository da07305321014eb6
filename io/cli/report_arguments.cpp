#include <CLI/CLI.hpp>

#include "io/cli/verb_arguments.hpp"

namespace headroom::cli {

Settle add_report(CLI::App& app, ReportOptions& options) {
    CLI::App& verb =
        *app.add_subcommand("report", "Make one table of several results over one case, with a line per feeder");
    verb.add_option("RESULT", options.results, "results of allocate, clear, replay, forecast-congestion: files or runs")
        ->required()
        ->type_name("...");
    verb.add_option("-o,--output", options.table_path, "CSV file to write")->required()->type_name("TABLE");
    verb.add_flag("--json", options.json, "summary for machines on standard output");
    verb.add_flag("--quiet", options.quiet, "errors only");
    return [] {};
}

}  // namespace headroom::cli
