#pragma once

#include <optional>

#include "formulations/flow/ac_network.hpp"

namespace headroom {

struct AcSettings {
    /// What may be left of the way to the answer, p.u. of each node's base, > 0: estimated for sweeps from how their
    /// changes contract (ac_power_flow.md), the last step of Newton's method unless that is only rounding.
    double tolerance = 1e-9;
    int sweep_limit = 30;              ///< >= 0, twice as many where Volt-VAr curves are; then Newton's method
    int newton_limit = 40;             ///< >= 0
    int curves_together = 96;          ///< >= 0: as many Volt-VAr curves answer each other, more go each by itself
    std::optional<LoadWindow> window;  ///< where loads keep their model; none: everywhere
    TapPositions taps = {};            ///< must outlive the flow; empty: those of the region
};

}  // namespace headroom
