#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "formulations/network/region.hpp"

namespace headroom {

/// Where the taps of a row of /transformer stand, by coil.
std::array<double, 3> to_taps(const Region& region, TapPositions taps, std::size_t transformer);

/// Steps [first, end) of a series in which the taps of a feeder stand still. The network is the same in all of them, so
/// whatever is made ready for a feeder is made ready for a run.
struct TapRun {
    std::size_t first = 0, end = 0;
    TapPositions taps;  ///< part of the series

    std::size_t step_count() const { return end - first; }
};

/// The steps of a series in as few runs as can be: one where the series does not move the feeder's taps.
std::vector<TapRun> tap_runs(const Region& region, std::int64_t feeder, const SeriesSet& series);

/// The run of a feeder whose taps stand still.
/// @throws InvalidFeeder  where the series moves them
TapRun only_tap_run(const Region& region, std::int64_t feeder, const SeriesSet& series);

}  // namespace headroom
