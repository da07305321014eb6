#include <fmt/format.h>

#include <array>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "formulations/flow/tap_solution.hpp"
#include "formulations/network/feeder_tree.hpp"
#include "formulations/network/validate.hpp"
#include "io/case/case_file.hpp"
#include "io/cli/output_path.hpp"
#include "io/cli/utc_text.hpp"
#include "io/cli/verbs.hpp"
#include "io/cli/verdict.hpp"
#include "io/errors.hpp"
#include "io/import/csv/csv_changes.hpp"
#include "io/report/counted.hpp"

namespace headroom::cli {
namespace {

struct SolvedTaps {
    int settled = 0, restless = 0;  ///< feeders
    int rounds = 0, moved = 0;
};

std::size_t step_at(const AdjustOptions& options, const SeriesSet& series) {
    if (!options.at) return 0;
    for (std::size_t step = 0; step < series.step_count(); ++step)
        if (series.start[step] <= *options.at && *options.at < series.end[step]) return step;
    throw InputError(
        fmt::format("{}: no step of series '{}' holds {}", options.case_path, series.name, utc_text(*options.at)));
}

using Taps = std::vector<std::array<double, 3>>;  ///< TransformerColumns::to_tap

int moved_coils(const Taps& before, const Taps& after) {
    int moved = 0;
    for (std::size_t k = 0; k < after.size(); ++k)
        for (std::size_t coil = 0; coil < 3; ++coil)
            if (after[k][coil] != before[k][coil]) ++moved;
    return moved;
}

std::string_view why_not(TapStatus status) {
    return status == TapStatus::round_limit ? "its tap controls hunt each other"
                                            : "there is no power flow at the taps reached";
}

/// Feeders whose controls do not come to rest keep their taps, and are named.
SolvedTaps solve_taps(const AdjustOptions& options, const std::vector<Fault>& faults, Region& region) {
    SolvedTaps solved;
    std::set<std::int64_t> faulty;
    for (const Fault& fault : faults) faulty.insert(fault.feeder);
    const std::size_t step = step_at(options, region.series.front());
    const Taps before = region.transformer.to_tap;
    for (std::int64_t f = 0; f < static_cast<std::int64_t>(region.feeder_count()); ++f) {
        if (faulty.contains(f)) continue;
        std::string fault;
        const Taps kept = region.transformer.to_tap;
        try {
            const TapOutcome outcome = settle_taps(region, f, base_point(region, f, region.series.front(), step));
            if (outcome.rounds == 0) continue;
            solved.rounds += outcome.rounds;
            if (outcome.status != TapStatus::settled) fault = why_not(outcome.status);
        } catch (const InvalidFeeder& invalid) {
            fault = invalid.what();
        }
        if (fault.empty()) {
            ++solved.settled;
            continue;
        }
        ++solved.restless;
        region.transformer.to_tap = kept;
        fmt::print(stderr, "feeder '{}' keeps its taps: {}\n", region.feeder.id[static_cast<std::size_t>(f)], fault);
    }
    solved.moved = moved_coils(before, region.transformer.to_tap);
    return solved;
}

}  // namespace

ExitCode adjust(const AdjustOptions& options) {
    require_other_file(options.case_path, options.adjusted_path);
    if (!options.table_path.empty()) require_other_file(options.table_path, options.adjusted_path);
    require_open_folder(options.adjusted_path);
    Region region = read_case(options.case_path, {.series = "", .all_series = true});
    std::optional<ChangeLines> changes;
    if (!options.table_path.empty()) changes = change_feeders(options.table_path, region);
    std::vector<Fault> faults = validate(region);
    const std::string source = changes ? changes->place(faults, options.case_path) : options.case_path;
    const ExitCode left = left_to_write(region, faults, source, false);
    const SolvedTaps taps = options.solves_taps ? solve_taps(options, faults, region) : SolvedTaps{};
    write_case(region, options.adjusted_path);
    if (!options.quiet && changes)
        fmt::print(stderr, "{} of {} changed\n", changes->changed_feeders(), counted(region.feeder_count(), "feeder"));
    if (!options.quiet && options.solves_taps)
        fmt::print(stderr, "taps of {} settled, in {}; {} moved\n", counted(taps.settled, "feeder"),
                   counted(taps.rounds, "power flow"), counted(taps.moved, "tap"));
    if (!options.quiet) fmt::print(stderr, "{}: written\n", options.adjusted_path);
    return taps.restless > 0 ? ExitCode::incomplete : left;
}

}  // namespace headroom::cli
