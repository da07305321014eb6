#pragma once

#include <complex>
#include <cstdint>
#include <span>
#include <vector>

#include "formulations/flow/ac_network.hpp"
#include "formulations/flow/ac_settings.hpp"

namespace headroom {

struct NewtonAnswer {
    bool converged = false;
    int steps = 0;
    double change = 0.0;    ///< p.u., of the last step
    double mismatch = 0.0;  ///< V A, largest current mismatch times base voltage
    std::int32_t node = 0;  ///< where
};

/// Newton's method on the current mismatch F(V) = Y V + Y_s V_s - I(V) in rectangular coordinates, with the full
/// Jacobian, steps halved until |F| falls. One scenario, slowly and safely; starts at the voltages without load, ends
/// when a step is below the tolerance, or small and all that is left of F is rounding.
///
/// @param power    [#customer] V A, injections at rated voltage
/// @param voltage  [#node with ground] V; in: slack nodes and ground, out: all
NewtonAnswer newton_flow(const AcNetwork& net, const AcSettings& settings, std::span<const std::complex<double>> power,
                         std::span<std::complex<double>> voltage);

}  // namespace headroom
