#include <CLI/CLI.hpp>

#include <array>

#include "io/cli/choice.hpp"
#include "io/cli/option_kinds.hpp"
#include "io/cli/verb_arguments.hpp"
#include "io/errors.hpp"

namespace headroom::cli {

namespace {

constexpr auto adjusted_tap_names = std::to_array<Choice<AdjustedTaps>>(
    {{"kept", AdjustedTaps::kept}, {"solved", AdjustedTaps::solved}, {"each-step", AdjustedTaps::each_step}});

}  // namespace

Settle add_adjust(CLI::App& app, AdjustOptions& options) {
    CLI::App& verb = *app.add_subcommand(
        "adjust", "Make a case that differs in some feeders: caps, bands, ratings, forecasts, taps");
    verb.add_option("CASE", options.case_path, "case file")->required()->type_name("");
    verb.add_option("--table", options.table_path, "CSV file: feeders (* and ? allowed) and what they have otherwise")
        ->type_name("CSV");
    add_choice(
        verb, "--taps", options.taps, adjusted_tap_names,
        "solved: where tap controls come to rest in AC, active customers at zero, passive ones at their forecast, in "
        "one step for all; each-step: in every step there");
    add_utc(verb, "--at", options.at, "in the step at which taps are solved; the first if not given");
    verb.add_option("-o,--output", options.adjusted_path, "case file to write")->required()->type_name("CASE");
    verb.add_flag("--quiet", options.quiet, "errors only");
    return [&options] {
        if (options.table_path.empty() && options.taps == AdjustedTaps::kept)
            throw UsageError("name what changes, with --table or --taps");
        if (options.at && options.taps != AdjustedTaps::solved) throw UsageError("--at: goes with --taps solved");
    };
}

}  // namespace headroom::cli
