#pragma once

#include <Eigen/Dense>

#include <vector>

#include "solver/convex/convex_problem.hpp"

namespace headroom {

/// A convex problem with every inequality as one row of G, all matrices dense:
///
///     minimise    1/2 x'Px + c'x - sum_t w_t x_t^(1-a_t) / (1-a_t)          (a = 1: - w_t log x_t)
///     subject to  E x = b,    G x - h in K
///
/// K: numbers >= 0, one per row of G, but the last 3 cone_count rows are triples (a, b, c) with a >= sqrt(b^2 + c^2).
/// At an optimum P x + c + term' = E'v + G'u with u in K and orthogonal to G x - h.
template <typename Scalar> struct DenseForm {
    using Vector = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;
    using Matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;
    struct PowerTerm {
        int variable;
        Scalar weight, exponent;
    };
    /// A row of E or G is `factor` times row `index` of A, or times variable `index`.
    struct Origin {
        bool is_variable;
        int index;
        Scalar factor;
    };

    Matrix P, E, G;
    Vector c, b, h;
    Vector unit;  ///< [#variable] the problem's x_j is unit_j times the form's
    int cone_count = 0;
    std::vector<PowerTerm> terms;                 ///< those of positive weight
    std::vector<Origin> equation_origin, origin;  ///< of the rows of E; of those of G that belong to no cone

    int variable_count() const { return static_cast<int>(c.size()); }
    int equation_count() const { return static_cast<int>(b.size()); }
    int plain_count() const { return static_cast<int>(h.size()) - 3 * cone_count; }  ///< rows of G without cones
};

template <typename Scalar> DenseForm<Scalar> dense_form(const ConvexProblem& problem);

}  // namespace headroom
