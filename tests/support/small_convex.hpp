#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "solver/convex/convex_problem.hpp"

namespace headroom::test {

/// A convex problem written down densely; what is left empty is absent: no rows, no bounds, no Q, no terms.
struct SmallConvex {
    std::vector<double> linear = {};
    std::vector<std::vector<double>> rows = {};
    std::vector<double> row_lower = {}, row_upper = {}, lower = {}, upper = {};
    std::vector<std::vector<double>> quadratic = {};  ///< all of Q; entries below the diagonal are not looked at
    std::vector<Term> term = {};
    std::vector<double> exponent = {}, weight = {};
    std::vector<std::array<std::int32_t, 3>> cones = {};

    ConvexProblem problem() const;
};

/// A problem solved by hand.
struct SolvedConvex {
    std::string name;
    ConvexProblem problem;
    std::vector<double> x, y, z, cone_z;
    double objective;
};

/// One of each kind: linear, quadratic, log, powers above and below 1, cone, all of it at once.
std::vector<SolvedConvex> solved_convex_problems();

}  // namespace headroom::test
