#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "solver/convex/convex_answer.hpp"
#include "solver/convex/convex_problem.hpp"

namespace headroom {

/// Where a matrix has entries, in any order; what stands at one place twice adds up.
struct Triplets {
    std::vector<std::int32_t> row, column;  ///< [#entry]

    int count() const { return static_cast<int>(row.size()); }
    void add(int i, int j) { row.push_back(i), column.push_back(j); }
};

/// Bounds of a smooth program; sides that do not exist are infinite.
struct NlpBounds {
    std::vector<double> lower, upper;          ///< [#variable]
    std::vector<double> row_lower, row_upper;  ///< [#row + #cone]
};

/// Point and multipliers of a smooth program: gradient + jacobian' row - lower + upper = 0 with lower, upper >= 0.
struct NlpPoint {
    std::vector<double> x;             ///< [#variable]
    std::vector<double> row;           ///< [#row + #cone]
    std::vector<double> lower, upper;  ///< [#variable]
};

/// A convex problem as a smooth program with second derivatives:
///
///     minimise f(x)    subject to  row_lower <= g(x) <= row_upper,    lower <= x <= upper
///
/// g is A x and after it, for every cone (a, b, c),
///
///     g_k(x) = x_a - (x_b^2 + x_c^2) / x_a >= 0    with x_a >= 0                                                   (1)
///
/// which is concave, and whose barrier with that of x_a is the one of the cone: log g_k + log x_a = log(x_a^2 - x_b^2
/// - x_c^2). The gradient of g_k lies in the cone at any x, so cone_z = multiplier * gradient does too; the multiplier
/// of x_a >= 0 adds to its first entry. At the apex there is no gradient: an optimum there is approached, and its
/// multipliers are those of a point nearby.
///
/// A term of positive weight asks for x_j >= 0. Where the problem itself has no bound there, the multiplier of this one
/// tends to 0 and is left out.
class ConvexNlp {
public:
    explicit ConvexNlp(ConvexProblem problem);
    /// Other numbers for the same structure.
    void change(const ConvexValues& values) { problem_.values = values; }

    const ConvexProblem& problem() const { return problem_; }
    int variable_count() const { return problem_.structure.variable_count; }
    int row_count() const { return problem_.structure.row_count() + problem_.structure.cone_count(); }
    NlpBounds bounds() const;
    /// Between the bounds, with positive values where terms and cones need them; multipliers 0.
    NlpPoint start() const;

    const Triplets& jacobian() const { return jacobian_; }
    const Triplets& hessian() const { return hessian_; }  ///< lower triangle of that of f + multiplier'g

    // Values at x; not finite outside the domain.
    double objective(std::span<const double> x) const;
    void gradient(std::span<const double> x, std::span<double> slope) const;
    void rows(std::span<const double> x, std::span<double> value) const;
    void jacobian_values(std::span<const double> x, std::span<double> value) const;
    /// @param factor  of f  @param multiplier  of g
    void hessian_values(std::span<const double> x, double factor, std::span<const double> multiplier,
                        std::span<double> value) const;

    /// x, y, z, cone_z in the signs of ConvexAnswer. A solver that takes fixed variables out knows no multiplier of
    /// theirs: it is what the others leave.
    ConvexAnswer answer(const NlpPoint& point) const;

private:
    bool has_weight(int j) const;
    bool has_own_lower(int j, const NlpBounds& limits) const;
    std::array<double, 3> cone_multiplier(int k, const NlpPoint& point, const NlpBounds& limits,
                                          std::span<const double> rest) const;

    ConvexProblem problem_;
    std::vector<char> is_head_;  ///< [#variable] x_a of a cone
    Triplets jacobian_, hessian_;
};

}  // namespace headroom
