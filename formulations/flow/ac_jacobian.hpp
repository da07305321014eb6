#pragma once

#include <span>
#include <vector>

#include "formulations/flow/ac_leg_current.hpp"
#include "formulations/flow/ac_network.hpp"
#include "solver/lu/sparse_lu.hpp"

namespace headroom {

/// The Jacobian of the current mismatch F(V) = Y V + Y_s V_s - I(V) by the voltages of free nodes, real and imaginary
/// part of node n in row and column 2 n and 2 n + 1; A per V. Its pattern depends on the network alone.
///
/// @param legs     [#leg] at the voltages of interest; empty: the network without load
/// @param entries  out
void write_jacobian(const AcNetwork& net, std::span<const LegCurrent> legs, std::vector<MatrixEntry>& entries);

}  // namespace headroom
