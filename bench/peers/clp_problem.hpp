#pragma once

#include <memory>
#include <vector>

#include "solver/convex/convex_problem.hpp"

class ClpSimplex;

namespace headroom::bench {

enum class ClpMethod {
    dual,     ///< dual simplex
    primal,   ///< primal simplex
    barrier,  ///< interior point without crossover: what it leaves is no vertex
};

enum class ClpStyle {
    defaults,
    lean,  ///< no scaling, no weights of steepest edge: faster where few pivots are made
};

enum class ClpStatus { solved, infeasible, unbounded, stopped };

/// What Clp says, with the signs of ConvexAnswer.
struct ClpAnswer {
    ClpStatus status = ClpStatus::stopped;
    std::vector<double> x;  ///< [#variable]
    std::vector<double> y;  ///< [#row] multipliers
    std::vector<double> z;  ///< [#variable] reduced costs
    double objective = 0;
    int iterations = 0;
    double seconds = 0;  ///< processor time of the solution, without loading
};

/// A linear ConvexProblem in a model of Clp that stays: the first solution is made the way Clp's own program does, with
/// presolve; after it the simplex methods go on from the basis they have, without. Barrier begins anew every time, and
/// may call an infeasible problem solved.
class ClpProblem {
public:
    /// @param tolerance  of Clp's primal and dual feasibility, absolute
    explicit ClpProblem(ClpMethod method = ClpMethod::dual, double tolerance = 1e-8,
                        ClpStyle style = ClpStyle::defaults);
    ~ClpProblem();
    ClpProblem(const ClpProblem&) = delete;
    ClpProblem& operator=(const ClpProblem&) = delete;

    /// Replaces the model. @throws std::invalid_argument  the problem is not linear
    void load(const ConvexProblem& problem);
    /// Bounds of variables and rows, for the sides of the problem that was loaded; the other values are not looked at.
    void change_bounds(const ConvexValues& values);
    void change_costs(const ConvexValues& values);
    ClpAnswer solve();

private:
    void run();

    ClpMethod method_;
    double tolerance_;
    ClpStyle style_;
    std::vector<Sides> sides_, row_sides_;  ///< [#variable], [#row]
    std::unique_ptr<ClpSimplex> model_;
    bool has_basis_ = false;
};

}  // namespace headroom::bench
