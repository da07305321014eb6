#pragma once

#include <cstdint>
#include <vector>

#include "formulations/generate/random_stream.hpp"

namespace headroom {

/// What the branch above a bus is.
enum class BranchRole : std::uint8_t { main, service, stub };

/// A feeder before it has cables: buses in an order in which parents come before children, bus 0 the busbar behind the
/// transformer. Columns have one entry per bus; those of bus 0 mean nothing.
struct GrownTree {
    std::vector<std::int32_t> parent;
    std::vector<double> length;  ///< m, of the branch above
    std::vector<BranchRole> role;
    std::vector<std::int32_t> customer_bus;  ///< [#customer] ends of the services

    std::size_t size() const { return parent.size(); }
};

/// How a tree departs from the measured statistics.
struct TreeScale {
    double length = 1;    ///< of all branches but services
    double vertices = 1;  ///< pieces that a branch between joints is drawn in
};

/// A tree with this many customers, grown from the statistics of real low-voltage feeders: joint by joint along a
/// street, each with one or two services, dead ends of a few metres, streets that part (generate.md, "Shape").
GrownTree grow_tree(RandomStream& random, int customers, const TreeScale& scale = {});

}  // namespace headroom
