#pragma once

#include <cstdint>
#include <vector>

#include "formulations/flow/ac_settings.hpp"
#include "formulations/network/region.hpp"

namespace headroom {

struct TapSettings {
    AcSettings flow;
    int round_limit = 100;  ///< flows, > 0
};

enum class TapStatus : std::uint8_t {
    settled,        ///< every control is within its band or at the end of its range
    round_limit,    ///< controls still move: they hunt each other
    flow_diverged,  ///< there is no power flow at the taps reached
};

struct TapSolution {
    TapStatus status = TapStatus::settled;
    int rounds = 0;                             ///< power flows
    std::vector<std::array<double, 3>> to_tap;  ///< [#transformer of the region], to replace TransformerColumns::to_tap
};

/// Where the tap controls of a feeder come to rest for one step of a series (tap_solution.md), active customers at zero
/// power, passive ones at their forecast. Nothing of the region changes: put to_tap there to hold the taps.
/// @throws InvalidFeeder  as AcPowerFlow does, and where a controlled row of /transformer belongs to several branches
TapSolution solve_taps(const Region& region, std::int64_t feeder, const SeriesSet& series, std::size_t step,
                       const TapSettings& settings = {});

}  // namespace headroom
