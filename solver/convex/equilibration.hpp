#pragma once

#include <vector>

#include "solver/convex/convex_problem.hpp"

namespace headroom {

/// Powers of two that bring the entries of A and Q close to one: x = column * x^, row * (A x) is the scaled activity.
///
/// Ruiz's method: rows and columns of the KKT matrix are divided by the root of their largest entry, a few times.
/// Variables with a term keep their unit (its power would have to be scaled too); those of a cone share one.
struct Equilibration {
    std::vector<double> column;  ///< [#variable]
    std::vector<double> row;     ///< [#row]
};

/// @param row_value, quadratic  as in ConvexValues
/// @param terms_too  find units for variables with a term as well (InteriorForm scales their terms itself)
Equilibration equilibrate(const ConvexStructure& structure, const double* row_value, const double* quadratic,
                          bool terms_too = false);

}  // namespace headroom
