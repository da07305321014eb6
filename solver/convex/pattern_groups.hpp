#pragma once

#include <span>
#include <vector>

#include "solver/convex/convex_problem.hpp"

namespace headroom {

/// Problems that may share lanes.
struct PatternGroup {
    std::vector<int> members;  ///< increasing indices into the problems
    bool same_values = true;   ///< A and Q are the same numbers in all of them
};

/// Problems of equal structure together, in order of their first member.
std::vector<PatternGroup> group_by_pattern(std::span<const ConvexProblem> problems);

}  // namespace headroom
