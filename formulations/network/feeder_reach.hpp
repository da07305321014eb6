#pragma once

#include <cstdint>
#include <vector>

#include "formulations/network/region.hpp"

namespace headroom {

/// How a feeder, radial or meshed, lies seen from its slack bus: the shortest ways along closed branches.
struct FeederReach {
    std::int64_t bus_first = 0;
    std::vector<std::int32_t> distance;  ///< [#bus of the feeder] branches to the slack bus; -1: none lead there
    /// [#bus of the feeder] 1: phases have no neutral to be measured against, because the first way there leads through
    /// a winding whose coils all lie between phases (delta, open delta).
    std::vector<char> three_wire;

    bool is_three_wire(std::int32_t bus) const { return three_wire[static_cast<std::size_t>(bus - bus_first)] != 0; }
    /// The end of a branch that is nearer to the slack bus: 0 from, also where both are equally near; 1 to.
    int sending_side(const Region& region, std::int64_t branch) const;
};

FeederReach feeder_reach(const Region& region, std::int64_t feeder);

}  // namespace headroom
