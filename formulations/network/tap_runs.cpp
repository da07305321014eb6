#include "formulations/network/tap_runs.hpp"

#include <algorithm>

#include "formulations/network/feeder_tree.hpp"

namespace headroom {
namespace {

/// Rows of /transformer of the branches in service.
std::vector<std::size_t> transformers_of(const Region& region, std::int64_t feeder) {
    std::vector<std::size_t> rows;
    for (auto k = region.feeder.branch_offset[feeder]; k < region.feeder.branch_offset[feeder + 1]; ++k)
        if (region.branch.transformer[k] >= 0 && region.branch.closed[k])
            rows.push_back(static_cast<std::size_t>(region.branch.transformer[k]));
    return rows;
}

bool stand_alike(TapPositions a, TapPositions b, const std::vector<std::size_t>& transformers) {
    return std::ranges::all_of(transformers, [&](std::size_t row) {
        return std::ranges::equal(a.subspan(3 * row, 3), b.subspan(3 * row, 3));
    });
}

}  // namespace

std::array<double, 3> to_taps(const Region& region, TapPositions taps, std::size_t transformer) {
    if (taps.empty()) return region.transformer.to_tap[transformer];
    const TapPositions own = taps.subspan(3 * transformer, 3);
    return {own[0], own[1], own[2]};
}

std::vector<TapRun> tap_runs(const Region& region, std::int64_t feeder, const SeriesSet& series) {
    const std::size_t steps = series.step_count();
    if (series.to_tap.empty()) return {{0, steps, {}}};
    const std::vector<std::size_t> transformers = transformers_of(region, feeder);
    std::vector<TapRun> runs{{0, steps, series.taps(0)}};
    for (std::size_t step = 1; step < steps; ++step) {
        const TapPositions taps = series.taps(step);
        if (stand_alike(runs.back().taps, taps, transformers)) continue;
        runs.back().end = step;
        runs.push_back({step, steps, taps});
    }
    return runs;
}

TapRun only_tap_run(const Region& region, std::int64_t feeder, const SeriesSet& series) {
    const std::vector<TapRun> runs = tap_runs(region, feeder, series);
    if (runs.size() > 1) throw InvalidFeeder("its taps move during the series, and here they must stand still");
    return runs.front();
}

}  // namespace headroom
