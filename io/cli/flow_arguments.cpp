#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "io/cli/option_kinds.hpp"
#include "io/cli/output_path.hpp"
#include "io/cli/verb_arguments.hpp"
#include "io/errors.hpp"
#include "io/run/run_folder.hpp"

namespace headroom::cli {

namespace {

void settle(const FlowOptions& options) {
    if (names_a_folder(options.result_path))
        throw UsageError(
            fmt::format("headroom flow: --output '{}' is a folder; flow writes one file", options.result_path));
    if (names_a_folder(options.table_path))
        throw UsageError(fmt::format("headroom flow: --csv '{}' is a folder; name a file", options.table_path));
    if (options.at && options.table_path.empty()) throw UsageError("headroom flow: --at goes with --csv");
    if (!options.table_path.empty() && same_place(options.result_path, options.table_path))
        throw UsageError(fmt::format("headroom flow: --output and --csv are both '{}'", options.table_path));
}

}  // namespace

Settle add_flow(CLI::App& app, FlowOptions& options) {
    CLI::App& verb = *app.add_subcommand("flow", "AC voltages, currents and losses of the forecast in every step");
    verb.add_option("CASE", options.case_path, "case file")->required()->type_name("");
    verb.add_option("-o,--output", options.result_path, "result file to write")->type_name("RESULT");
    verb.add_option("--csv", options.table_path, "table of the node voltages of one step to write")->type_name("CSV");
    add_utc(verb, "--at", options.at, "in the step of that table; the first if not given");
    verb.add_option("--series", options.series, "series of the case to use; the first if not given")->type_name("NAME");
    add_threads(verb, options.threads);
    verb.add_flag("--json", options.json, "summary for machines on standard output");
    verb.add_flag("--dry-run", options.dry_run, "say what would be done, and stop");
    verb.add_flag("--quiet", options.quiet, "errors only");
    return [&options] { settle(options); };
}

}  // namespace headroom::cli
