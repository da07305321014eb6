#pragma once

#include <vector>

#include "solver/convex/convex_problem.hpp"

namespace headroom::test {

/// 0 to count - 1: the first variables, as integers of a problem.
std::vector<int> first(int count);

/// The problem with its integers fixed.
ConvexProblem fixed_at(ConvexProblem problem, const std::vector<int>& integer, const std::vector<double>& x);

/// The least objective over all values of the integers, by one linear program each; infinity: nothing fits.
double by_enumeration(const ConvexProblem& problem, const std::vector<int>& integer);

}  // namespace headroom::test
