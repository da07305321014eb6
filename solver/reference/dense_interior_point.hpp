#pragma once

#include "solver/convex/convex_answer.hpp"
#include "solver/convex/convex_problem.hpp"

namespace headroom {

/// The judge of solver/convex: a dense primal-dual interior-point method, nothing clever, for up to about 100
/// variables, in double or long double. `solved` is said only where check_kkt holds within `tolerance`; infeasible and
/// unbounded only with a proof that check_infeasible or check_unbounded accepts within 1e-8. Otherwise x and the
/// multipliers are the best found. `route` says nothing.
/// @throws std::invalid_argument  problem.fault()
template <typename Scalar> ConvexAnswer dense_interior_point(const ConvexProblem& problem, double tolerance);

}  // namespace headroom
