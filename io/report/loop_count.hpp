#pragma once

#include <cstdint>
#include <vector>

#include "formulations/network/region.hpp"
#include "formulations/network/validate.hpp"

namespace headroom {

/// Loops of closed branches, which a planner may have meant or not.
struct LoopCount {
    std::int64_t loops = 0, feeders = 0;  ///< feeders that have one
    std::int64_t first_branch = -1;       ///< row of /branch that closes the first; -1: there is none
    std::int64_t first_feeder = -1;
};

/// Of the feeders without a fault; of none where the region has one of its own.
LoopCount count_loops(const Region& region, const std::vector<Fault>& faults);

}  // namespace headroom
