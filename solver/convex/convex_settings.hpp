#pragma once

#include <string>

namespace headroom {

/// How a convex problem is solved. Defaults suit the lanes; solve() uses safer ones where these fail.
struct ConvexSettings {
    static constexpr double tolerance_least = 1e-12;
    double tolerance = 1e-8;      ///< relative primal and dual residual and gap of a solved problem, in [1e-12, 1e-2]
    int iteration_max = 60;       ///< of an attempt of the safe route (its last two: five times as many), >= 1
    int lane_iteration_max = 30;  ///< of the lanes; slower problems take the safe route, >= 1
    int recentrings = 1;          ///< correctors of the lanes after Mehrotra's, per iteration, in [0, 4]
    double step_fraction = 0.99;  ///< share of the way to the boundary that is taken, in (0, 1)
    double regularisation_primal = 1e-7;  ///< added to the diagonal of scaled variables, in (0, 1e-4]
    double regularisation_dual = 1e-10;   ///< subtracted from that of scaled rows, in (0, 1e-4]
    bool safe_route = true;               ///< false: what the lanes cannot solve is returned as they left it

    /// "step_fraction = 1.2, must lie in (0, 1)", or "".
    std::string fault() const;
};

}  // namespace headroom
