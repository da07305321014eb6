#include <fmt/format.h>

#include <array>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "formulations/flow/tap_solution.hpp"
#include "formulations/network/feeder_tree.hpp"
#include "formulations/network/series_taps.hpp"
#include "formulations/network/validate.hpp"
#include "io/case/case_file.hpp"
#include "io/cli/output_path.hpp"
#include "io/cli/utc_text.hpp"
#include "io/cli/verbs.hpp"
#include "io/cli/verdict.hpp"
#include "io/errors.hpp"
#include "io/import/csv/csv_changes.hpp"
#include "io/report/counted.hpp"
#include "solver/batch/run_batch.hpp"

namespace headroom::cli {
namespace {

struct SolvedTaps {
    int settled = 0, restless = 0;  ///< feeders
    std::int64_t rounds = 0, moved = 0;

    /// What became of a feeder with controls. @param fault  "": they came to rest
    void count(const Region& region, std::int64_t feeder, std::int64_t flows, const std::string& fault) {
        rounds += flows;
        ++(fault.empty() ? settled : restless);
        if (!fault.empty())
            fmt::print(stderr, "feeder '{}' keeps its taps{}\n", region.feeder.id[static_cast<std::size_t>(feeder)],
                       fault);
    }
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

std::set<std::int64_t> faulty_feeders(const std::vector<Fault>& faults) {
    std::set<std::int64_t> faulty;
    for (const Fault& fault : faults) faulty.insert(fault.feeder);
    return faulty;
}

/// Feeders whose controls do not come to rest keep their taps, and are named.
SolvedTaps solve_taps(const AdjustOptions& options, const std::vector<Fault>& faults, Region& region) {
    SolvedTaps solved;
    const std::set<std::int64_t> faulty = faulty_feeders(faults);
    const std::size_t step = step_at(options, region.series.front());
    const Taps before = region.transformer.to_tap;
    for (std::int64_t f = 0; f < static_cast<std::int64_t>(region.feeder_count()); ++f) {
        if (faulty.contains(f)) continue;
        std::string fault;
        const Taps kept = region.transformer.to_tap;
        int flows = 0;
        try {
            const TapOutcome outcome = settle_taps(region, f, base_point(region, f, region.series.front(), step));
            flows = outcome.rounds;
            if (outcome.status != TapStatus::settled) fault = fmt::format(": {}", why_not(outcome.status));
        } catch (const InvalidFeeder& invalid) {
            fault = fmt::format(": {}", invalid.what());
        }
        if (flows == 0 && fault.empty()) continue;
        if (!fault.empty()) region.transformer.to_tap = kept;
        solved.count(region, f, flows, fault);
    }
    solved.moved = moved_coils(before, region.transformer.to_tap);
    for (SeriesSet& series : region.series) series.to_tap.clear();
    return solved;
}

/// Rows of /transformer that branches in service of several feeders are: no feeder's controls may move them.
std::set<std::int32_t> shared_transformers(const Region& region) {
    constexpr std::int64_t nobody = -1;
    std::vector<std::int64_t> owner(region.transformer.id.size(), nobody);
    std::set<std::int32_t> shared;
    for (std::size_t f = 0; f < region.feeder_count(); ++f)
        for (auto k = region.feeder.branch_offset[f]; k < region.feeder.branch_offset[f + 1]; ++k) {
            const std::int32_t row = region.branch.transformer[static_cast<std::size_t>(k)];
            if (row < 0 || region.branch.closed[static_cast<std::size_t>(k)] == 0) continue;
            std::int64_t& own = owner[static_cast<std::size_t>(row)];
            if (own != nobody && own != static_cast<std::int64_t>(f)) shared.insert(row);
            own = static_cast<std::int64_t>(f);
        }
    return shared;
}

/// A feeder in all series of its region.
struct FollowedFeeder {
    std::int64_t rounds = 0;
    std::string fault;
};

/// Writes where its taps stand; each series begins with those of the table.
FollowedFeeder follow(Region& region, std::int64_t feeder, const std::set<std::int32_t>& shared) {
    FollowedFeeder followed;
    try {
        TapControls controls(region, feeder);
        if (controls.none()) return followed;
        for (const std::size_t row : controls.transformers())
            if (shared.contains(static_cast<std::int32_t>(row)))
                throw InvalidFeeder(
                    fmt::format("transformer '{}' is one of several feeders", region.transformer.id[row]));
        const std::vector<double> standing(controls.taps().begin(), controls.taps().end());
        for (SeriesSet& series : region.series) {
            controls.put_back(standing);
            const auto [rounds, restless] = controls.follow(series);
            followed.rounds += rounds;
            if (!restless.empty())
                followed.fault += fmt::format("{} in {} of series '{}', first at {}: its controls do not come to rest",
                                              followed.fault.empty() ? "" : ",", counted(restless.size(), "step"),
                                              series.name, utc_text(series.start[restless.front()]));
        }
    } catch (const InvalidFeeder& invalid) {
        followed.fault = fmt::format(": {}", invalid.what());
    }
    return followed;
}

/// Every series of the case; feeders go side by side, and are named in their order.
SolvedTaps move_taps(const std::vector<Fault>& faults, Region& region) {
    const std::set<std::int64_t> faulty = faulty_feeders(faults);
    const std::set<std::int32_t> shared = shared_transformers(region);
    for (SeriesSet& series : region.series) series.to_tap = standing_taps(region.transformer, series.step_count());
    std::vector<FollowedFeeder> feeders(region.feeder_count());
    run_batch(static_cast<int>(feeders.size()), 0, [&](int f, int) {
        if (!faulty.contains(f)) feeders[static_cast<std::size_t>(f)] = follow(region, f, shared);
    });
    SolvedTaps solved;
    for (std::size_t f = 0; f < feeders.size(); ++f)
        if (feeders[f].rounds > 0 || !feeders[f].fault.empty())
            solved.count(region, static_cast<std::int64_t>(f), feeders[f].rounds, feeders[f].fault);
    for (const SeriesSet& series : region.series) solved.moved += tap_moves(series);
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
    SolvedTaps taps;
    if (options.taps == AdjustedTaps::solved) taps = solve_taps(options, faults, region);
    if (options.taps == AdjustedTaps::each_step) taps = move_taps(faults, region);
    write_case(region, options.adjusted_path);
    if (!options.quiet && changes)
        fmt::print(stderr, "{} of {} changed\n", changes->changed_feeders(), counted(region.feeder_count(), "feeder"));
    if (!options.quiet && options.taps != AdjustedTaps::kept)
        fmt::print(stderr, "taps of {} settled, in {}; {} moved\n", counted(taps.settled, "feeder"),
                   counted(taps.rounds, "power flow"), counted(taps.moved, "tap"));
    if (!options.quiet) fmt::print(stderr, "{}: written\n", options.adjusted_path);
    return taps.restless > 0 ? ExitCode::incomplete : left;
}

}  // namespace headroom::cli
