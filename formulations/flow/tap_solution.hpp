#pragma once

#include <cstdint>
#include <vector>

#include "formulations/flow/ac_settings.hpp"
#include "formulations/flow/ac_step.hpp"
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

struct TapOutcome {
    TapStatus status = TapStatus::settled;
    int rounds = 0;  ///< power flows; none: the feeder has no controls
};

/// Moves TransformerColumns::to_tap to where the tap controls of a feeder come to rest at a point (tap_solution.md).
/// What is not settled is left where it got to.
/// @throws InvalidFeeder  as AcPowerFlow does, and where a controlled row of /transformer belongs to several branches
TapOutcome settle_taps(Region& region, std::int64_t feeder, const AcPoint& point, const TapSettings& settings = {});

/// A step of a series with active customers at zero power, passive ones at their forecast.
AcPoint base_point(const Region& region, std::int64_t feeder, const SeriesSet& series, std::size_t step);

bool has_tap_controls(const Region& region, std::int64_t feeder);

}  // namespace headroom
