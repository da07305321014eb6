#pragma once

#include <cstdint>
#include <vector>

namespace headroom {

/// Why no integer point has a smaller objective than the bound of a branch and bound.
///
/// Nodes are boxes of the integers. A node is closed by multipliers, or split into two that part the interval [l, u] of
/// one integer at f: [l, f] and [f + 1, u]. Whatever the multipliers y of the rows, no point of a closed box has less
/// than
///
///     sum_r (y_r > 0 ? y_r row_lower_r : y_r row_upper_r) + sum_j min over [l_j, u_j] of z_j x_j,  z = c - A'y     (1)
///
/// by weak duality; where `is_ray`, (1) with c = 0 is above 0 and nothing fits. So the proof asks nothing of how y was
/// found, and reduced costs that fix an integer are a split like any other, closed on one side.
struct IntegerProof {
    struct Node {
        std::int32_t parent = -1;  ///< stands before its children; -1: the root, node 0, the box of the problem
        std::int32_t variable = -1;
        double lower = 0, upper = 0;    ///< of the variable that the parent is split on
        std::int32_t multipliers = -1;  ///< into `multipliers`; -1: the node is split
    };
    struct Multipliers {
        bool is_ray = false;
        std::vector<std::int32_t> row = {};  ///< increasing
        std::vector<double> y = {};          ///< [#row] none is 0
    };
    std::vector<Node> nodes = {};
    std::vector<Multipliers> multipliers = {};  ///< nodes may share theirs
};

}  // namespace headroom
