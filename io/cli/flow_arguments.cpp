#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <string_view>

#include "io/cli/option_kinds.hpp"
#include "io/cli/output_path.hpp"
#include "io/cli/verb_arguments.hpp"
#include "io/errors.hpp"
#include "io/run/run_folder.hpp"

namespace headroom::cli {

namespace {

constexpr double load_window_max = 10;  // p.u.

/// "0.95:1.05"
LoadWindow load_window(const std::string& text) {
    const std::size_t colon = text.find(':');
    LoadWindow window;
    if (colon != std::string::npos) {
        window.v_min = parse_number(std::string_view(text).substr(0, colon));
        window.v_max = parse_number(std::string_view(text).substr(colon + 1));
    }
    const bool makes_sense =
        window.v_min > window.v_low && window.v_max > window.v_min && window.v_max <= load_window_max;
    if (colon == std::string::npos || !makes_sense)
        throw UsageError(
            fmt::format("--load-window: '{}' is no window MIN:MAX with {} < MIN < MAX <= {}, like 0.95:1.05", text,
                        window.v_low, load_window_max));
    return window;
}

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
    verb.add_option_function<std::string>(
            "--load-window", [&options](const std::string& text) { options.load_window = load_window(text); },
            "p.u. between which loads keep their model and outside of which they are impedances, as OpenDSS has it; "
            "none if not given")
        ->type_name("MIN:MAX");
    verb.add_option("--series", options.series, "series of the case to use; the first if not given")->type_name("NAME");
    add_threads(verb, options.threads);
    verb.add_flag("--json", options.json, "summary for machines on standard output");
    verb.add_flag("--dry-run", options.dry_run, "say what would be done, and stop");
    verb.add_flag("--quiet", options.quiet, "errors only");
    return [&options] { settle(options); };
}

}  // namespace headroom::cli
