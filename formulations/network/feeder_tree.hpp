#pragma once

#include <cstdint>
#include <stdexcept>
#include <vector>

#include "formulations/network/region.hpp"

namespace headroom {

/// A fault inside one feeder that keeps it from being solved: status invalid_input, the others go on.
class InvalidFeeder : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// The energised part of a feeder as a tree, nodes in preorder (a parent before its children, subtrees contiguous).
/// Node 0 is the slack bus.
///
/// A meshed feeder is torn: its tree has the fewest edges from the slack bus to every bus, the first in the file among
/// equals, and a branch outside of it ends in a node of its own, a leaf, at the bus where it would close the loop. What
/// makes the two nodes of that bus one again is LoopCurrents. The sending end of such a branch is the one nearer to the
/// slack bus, its from bus where both are equally near.
///
/// Closed branches between the same two buses are one edge where their wires and coils do not run side by side
/// (edge_model.hpp); those that do close loops.
struct FeederTree {
    std::vector<std::int32_t> bus;           ///< [#node] row of /bus
    std::vector<std::int32_t> parent;        ///< [#node] node; -1 at the slack bus
    std::vector<std::int32_t> closes;        ///< [#node] of an end that closes a loop, the bus's own node; else -1
    std::vector<std::int32_t> branch_start;  ///< [#node + 1] ranges of `branches`: the edge to the parent
    std::vector<std::int64_t> branches;      ///< rows of /branch
    std::vector<std::int32_t> node_of_bus;   ///< [#bus of the feeder] its own node, or -1 where de-energised

    std::int32_t size() const { return static_cast<std::int32_t>(bus.size()); }
};

FeederTree feeder_tree(const Region& region, std::int64_t feeder);

}  // namespace headroom
