#pragma once

#include <vector>

#include "formulations/flow/linear_network.hpp"

namespace headroom {

/// Row functionals on injected currents, one tree walk per row.
///
/// A quantity y that is linear in the currents J injected at the nodes is y = sum_k F_k' J_k. For the voltage m'V at
/// node i, F_k = (path sum of impedances over the common path of i and k); for the flow k'conj(I) at node e, F is k
/// below e and zero elsewhere. Both obey, from the slack bus down,
///
///     F_child = N F_parent  (+ Z' g_child on the path to i),     g_parent = N' g_child, g_i = m                 (1)
class PathSums {
public:
    explicit PathSums(const LinearNetwork& net);

    /// F of every node for the voltage m'V at `node`. Valid until the next call.
    const std::vector<PhaseVector>& voltage(std::int32_t node, const PhaseVector& m);

    /// F of every node for k'conj(J) summed below and at `node`; zero elsewhere. Valid until the next call.
    const std::vector<PhaseVector>& flow(std::int32_t node, const PhaseVector& functional);

private:
    const LinearNetwork& net_;
    std::vector<char> plain_;
    std::vector<std::int32_t> subtree_end_;  ///< [#node] nodes below and at i are [i, subtree_end)
    std::vector<PhaseVector> functional_;
};

}  // namespace headroom
