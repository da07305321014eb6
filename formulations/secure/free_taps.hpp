#pragma once

#include <cstdint>

#include "formulations/flow/tap_solution.hpp"
#include "formulations/secure/envelope_points.hpp"

namespace headroom {

/// What limits see where the tap controls of a feeder move with the point, in place of taps held where the case has
/// them. For report only: a controller acts after its delay, and limits hold before.
class FreeTaps {
public:
    /// @param region, rows  must outlive this; rows of the feeder in lin_dist3_flow
    /// @param settings      with the taps that points begin at
    FreeTaps(const Region& region, std::int64_t feeder, const SecurityRows& rows, const AcFeederSettings& settings);

    /// Largest excess over a limit, per unit; infinite where the controls do not come to rest or nothing flows.
    double excess(const AcPoint& point);

private:
    double excess_at_taps(const AcPoint& point) const;

    const Region& region_;
    std::int64_t feeder_;
    const SecurityRows& rows_;
    AcFeederSettings settings_;
    TapControls controls_;
    std::vector<double> held_;  ///< where the controls begin
};

}  // namespace headroom
