#pragma once

#include <span>

#include "solver/convex/convex_problem.hpp"

namespace headroom {

/// How well x and multipliers solve a convex problem, computed from the problem in its original variables, sharing
/// nothing with the solver. Notation and signs as in ConvexStructure and ConvexAnswer.
///
/// Every residual is absolute; the scale beside it is the largest term that enters it, so that residual / (1 + scale)
/// is the relative measure. The dual objective is that of the Lagrangian at x (Wolfe's):
///
///     sum of the bounds that the signs of y and z pick, times y and z
///         - 1/2 x'Qx + sum_j (term_j(x_j) - x_j term_j'(x_j))
///
/// Outside the domain of a term of positive weight, x_j <= 0, the primal residual is infinite.
struct KktCertificate {
    double primal_residual = 0;  ///< largest violation of a row, a bound or a cone
    double primal_scale = 0;     ///< largest |A_ij x_j|, |A x|, side of a cone, bound that its value has reached
    double dual_residual =
        0;                  ///< largest |Q x + c + term'(x) - A'y - z - cone_z|, and wrong sign or side of y, z, cone_z
    double dual_scale = 0;  ///< largest |c|, |Q x|, |term'(x)|, |A'y|, |z|, |cone_z|
    double gap = 0;         ///< primal minus dual objective, |.|
    double objective = 0;   ///< primal
    double dual_objective = 0;

    double primal_relative() const { return primal_residual / (1 + primal_scale); }
    double dual_relative() const { return dual_residual / (1 + dual_scale); }
    double gap_relative() const;  ///< gap / (1 + |objective|)
    /// The three relative measures are numbers and at most `tolerance`, and nothing is infinite.
    bool holds(double tolerance) const;
};

/// @param x, z [#variable]  @param y [#row]  @param cone_z [3 #cone]
KktCertificate check_kkt(const ConvexProblem& problem, std::span<const double> x, std::span<const double> y,
                         std::span<const double> z, std::span<const double> cone_z);

/// Proof that no point fits: A'y + z + cone_z = 0 while the bounds that the signs pick add up to more than zero. A
/// variable with a term of positive weight has the lower bound 0 at least, whatever its sides. Where a lower side is
/// above its upper one, that is the proof and the multipliers are not looked at: bound is by how much, residual 0. A
/// sum that rounding can explain is 0.
struct InfeasibilityCertificate {
    double bound = 0;     ///< the picked bounds' sum, scaled to the largest |y|, |z|, |cone_z| being 1; a proof if > 0
    double residual = 0;  ///< largest |A'y + z + cone_z|, misuse of a missing side, cone_z outside; scaled likewise
    /// bound > 0 and residual <= tolerance * bound: no point fits whose |x|, |A x| are small beside 1 / tolerance.
    bool holds(double tolerance) const;
};

InfeasibilityCertificate check_infeasible(const ConvexProblem& problem, std::span<const double> y,
                                          std::span<const double> z, std::span<const double> cone_z);

/// Proof that the objective has no lower bound (if any point fits): a direction d that stays inside for ever with
/// c'd < 0 and Q d = 0. Terms ask for d_j >= 0, along which they never rise. A sum c'd that rounding can explain is 0.
struct UnboundednessCertificate {
    double slope = 0;     ///< c'd, scaled to the largest |d| being 1; a proof if < 0
    double residual = 0;  ///< largest |Q d| and outward part of d, cones, A d by the row's largest entry
    /// slope < 0 and residual <= tolerance * |slope|.
    bool holds(double tolerance) const;
};

UnboundednessCertificate check_unbounded(const ConvexProblem& problem, std::span<const double> direction);

}  // namespace headroom
