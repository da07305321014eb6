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
/// Node 0 is the slack bus. All closed branches between the same two buses are one edge (edge_model.hpp).
struct RadialTree {
    std::vector<std::int32_t> bus;           ///< [#node] row of /bus
    std::vector<std::int32_t> parent;        ///< [#node] node; -1 at the slack bus
    std::vector<std::int32_t> branch_start;  ///< [#node + 1] ranges of `branches`: the edge to the parent
    std::vector<std::int64_t> branches;      ///< rows of /branch
    std::vector<std::int32_t> node_of_bus;   ///< [#bus of the feeder] node, or -1 where de-energised

    std::int32_t size() const { return static_cast<std::int32_t>(bus.size()); }
};

/// @throws InvalidFeeder  naming the branch that closes a loop
RadialTree radial_tree(const Region& region, std::int64_t feeder);

}  // namespace headroom
