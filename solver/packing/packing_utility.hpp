#pragma once

#include <vector>

#include "solver/convex/convex_problem.hpp"

namespace headroom {

/// What sharing is good for:  minimise sum_c linear_c w_c + 1/2 quadratic_c w_c^2 + weight_c term(w_c).       (1)
struct PackingUtility {
    Term term = Term::none;
    double exponent = 1;            ///< of Term::power
    std::vector<double> quadratic;  ///< [#limit] >= 0, or empty: none
};

}  // namespace headroom
