#pragma once

#include <span>

#include "solver/convex/convex_answer.hpp"
#include "solver/convex/convex_problem.hpp"
#include "solver/convex/convex_settings.hpp"

namespace headroom {

/// Solves one convex problem by itself: a general sparse solver.
/// @throws std::invalid_argument  settings.fault() or problem.fault()
ConvexAnswer solve(const ConvexProblem& problem, const ConvexSettings& settings = {});

/// Solves many problems, of any patterns: groups them by pattern, fills lanes inside each group, one answer each in the
/// order given. Answers do not depend on order, neighbours or threads.
std::vector<ConvexAnswer> solve_batch(std::span<const ConvexProblem> problems, const ConvexSettings& settings = {},
                                      int threads = 0);

}  // namespace headroom
