#pragma once

#include "solver/convex/convex_answer.hpp"
#include "solver/convex/convex_problem.hpp"
#include "solver/convex/convex_settings.hpp"

namespace headroom {

/// The slow route: one problem alone, scaled objective, Mehrotra's starting point, iterative refinement of every step,
/// and a certificate in the original variables before anything is called solved. Proves infeasibility from its
/// iterates where they show it; elastic.hpp does where they do not.
///
/// @pre  problem has no fault
/// @return  status solved, primal_infeasible or unbounded with its certificate; otherwise the best iterate found
ConvexAnswer solve_alone(const ConvexProblem& problem, const ConvexSettings& settings);

}  // namespace headroom
