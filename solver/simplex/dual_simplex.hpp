#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "solver/convex/convex_answer.hpp"
#include "solver/convex/convex_problem.hpp"

namespace headroom {

struct SimplexSettings {
    int iteration_max = 0;           ///< per solve(), >= 0; 0: 1000 + 20 (#variable + #row)
    double primal_tolerance = 1e-9;  ///< of rows scaled to norm 1 and of variables, in (0, 1e-4]; dual_simplex.md
    double dual_tolerance = 1e-11;   ///< of reduced costs, times the largest |c|, in (0, 1e-4]
    std::string fault() const;       ///< "primal_tolerance = 1, must lie in (0, 1e-4]"; "" if nothing is wrong
};

/// Exact linear programs in which every variable is boxed, solved again and again while numbers change:
///
///     minimise  c'x    subject to    row_lower <= A x <= row_upper,    lower <= x <= upper                        (1)
///
/// A dual simplex method whose basis has the size of the tight rows only, k by k: with W the rows held at a side, B
/// the variables between their bounds and N the others at a bound, |W| = |B| = k,
///
///     A_WB x_B = side_W - A_WN x_N,    A_WB' y_W = c_B,    z_N = c_N - A_WN' y_W                                  (2)
///
/// Every basis is dual feasible for some choice of bounds of N, so that nothing needs a first phase: solve() goes on
/// from the last basis whatever was changed. The answer depends on that basis only where the optimum is not unique. No
/// threads; the same calls give the same bits. Copies are independent.
class DualSimplex {
public:
    /// @throws std::invalid_argument  fault() of problem or settings; Q, a term or a cone; a number that is not finite,
    ///                                sides of rows apart
    explicit DualSimplex(const ConvexProblem& problem, SimplexSettings settings = {});
    DualSimplex(const DualSimplex& other);
    DualSimplex& operator=(const DualSimplex& other);
    DualSimplex(DualSimplex&&) noexcept;
    DualSimplex& operator=(DualSimplex&&) noexcept;
    ~DualSimplex();

    // What changes between solutions. Crossed bounds are no mistake: the problem is infeasible while they cross.
    // @throws std::invalid_argument  NaN; a cost or a bound of a variable that is not finite; a wrong length. All is
    //                                as before then
    void set_cost(int variable, double cost);
    void set_bounds(int variable, double lower, double upper);
    void set_row(int row, double lower, double upper);  ///< -no_bound, no_bound: no such side
    void set_costs(std::span<const double> cost);       ///< c [#variable]
    void set_all_bounds(std::span<const double> lower, std::span<const double> upper);  ///< [#variable]
    void set_rows(std::span<const double> lower, std::span<const double> upper);        ///< [#row]
    /// The next solve() begins with an empty basis.
    void forget_basis();

    /// solved: x, y, z are optimal for the numbers as set, x verified with activities computed afresh.
    /// primal_infeasible: y, z are a proof (check_infeasible). iteration_limit, stalled: x is a point that may violate
    /// rows, y and z the multipliers of a bound. Nothing else is returned.
    ConvexStatus solve();

    // Of the last solve(); spans live until the next change of numbers.
    ConvexStatus status() const;
    int iterations() const;    ///< pivots
    double objective() const;  ///< c'x
    /// No point that fits has a smaller objective: what y and z prove, computed from them in double. infinity:
    /// infeasible.
    double bound() const;
    std::span<const double> x() const;  ///< [#variable]
    std::span<const double> y() const;  ///< [#row], z: [#variable]; signs of ConvexAnswer (2)
    std::span<const double> z() const;
    int working_rows() const;     ///< k
    ConvexAnswer answer() const;  ///< all of it, with the certificate of check_kkt (none for a proof)

    const ConvexProblem& problem() const;  ///< with the numbers as set

private:
    class Method;
    std::unique_ptr<Method> method_;
};

}  // namespace headroom
