#pragma once

#include <vector>

#include "formulations/flow/reduced_network.hpp"

namespace headroom {

/// Every current and voltage of a linear network at one operating point: the plain form of base_sweep.hpp, for
/// drawings, expansion and tests.
struct TreeSolution {
    std::vector<PhaseVector> current;  ///< [#node] A into the node from its parent, positive away from the slack bus
    /// [#node] V, no-load voltage plus what the injections add; without LinearNetwork::shunt_voltage_rise.
    std::vector<PhaseVector> voltage;
};

/// @param power  [#customer of net] W + j V A, injections
/// @param slack  V, phases a, b, c
TreeSolution solve_tree(const LinearNetwork& net, const std::vector<Complex>& power, const PhaseVector& slack);

/// Voltages of all buses of the original feeder from the solution of the reduced one (reduced_network.hpp, equation 2).
/// [#original node] V; shunts are superposed with LinearNetwork::shunt_voltage_rise of the original.
std::vector<PhaseVector> expand_voltages(const ReducedNetwork& reduced, const TreeSolution& solution);

}  // namespace headroom
