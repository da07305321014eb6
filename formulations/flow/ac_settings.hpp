#pragma once

#include <optional>

#include "formulations/flow/ac_network.hpp"

namespace headroom {

struct AcSettings {
    /// A lane is at rest when no node's voltage changes by more than this, p.u. of the node's base, > 0. Sweeps that
    /// end within their limit contract at least by half, so what is left is smaller still.
    double tolerance = 1e-9;
    int sweep_limit = 30;              ///< >= 0; then Newton's method
    int newton_limit = 40;             ///< >= 0
    std::optional<LoadWindow> window;  ///< where loads keep their model; none: everywhere
};

}  // namespace headroom
