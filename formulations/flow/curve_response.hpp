#pragma once

#include <vector>

#include "formulations/flow/ac_network.hpp"
#include "solver/ldl/complex_ldl.hpp"

namespace headroom {

/// How the voltages of Volt-VAr curves answer their reactive powers together, in a feeder without load: what the
/// magnitude across the terminals of one rises by where another injects more (ac_power_flow.md, equation 8).
///
/// @param net   nodes numbered in elimination order of `ldl`
/// @param most  curves: the product with the matrix, in every sweep, grows with their square
/// @return  [#curve x #curve] V / V A, row: whose voltage; in the order of AcNetwork::legs. Empty: none or more than
///          `most`, or one that has no voltage
std::vector<double> curve_response(const AcNetwork& net, const ComplexLdl& ldl, int most);

}  // namespace headroom
