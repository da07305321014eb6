#pragma once

#include <array>
#include <complex>
#include <vector>

#include "formulations/network/region.hpp"

namespace headroom::test {

/// The judge of the unbalanced linear model: the branch-flow form as it is printed (lin_dist3_flow.md, equation 2), bus
/// by bus on the feeder as given, no reduction, no path sums, sharing no code with formulations/flow. Lines and a Dyn
/// transformer at the head only; wye and delta customers. Meshes by one dense system of all voltages and currents.
struct PlainFlow {
    std::vector<std::array<double, 3>> v_sq;                ///< [#bus] V^2, phases a, b, c
    std::vector<std::array<double, 3>> pair_sq;             ///< [#bus] V^2, phases ab, bc, ca
    std::vector<std::array<std::complex<double>, 3>> flow;  ///< [#branch] V A per phase, away from the slack bus
};

/// @param p, q  [#customer] W, V A injections
PlainFlow plain_flow(const Region& region, std::size_t step, const std::vector<double>& p,
                     const std::vector<double>& q);

}  // namespace headroom::test
