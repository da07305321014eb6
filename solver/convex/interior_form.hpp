#pragma once

#include <vector>

#include "solver/convex/convex_answer.hpp"
#include "solver/convex/convex_problem.hpp"

namespace headroom {

/// A problem rewritten so that an interior point has an interior to move in: variables with equal bounds become
/// constants, and a cone's variable that has bounds or a term meets its cone as a copy (copy = variable, one equation).
/// Variables with a term are counted in units that suit A and Q, which equilibration alone cannot do: w term(u v) is
/// w u^(1-a) term(v) and, of a logarithm, a constant.
class InteriorForm {
public:
    /// @pre  problem has no fault
    explicit InteriorForm(const ConvexProblem& problem);

    const ConvexProblem& problem() const { return form_; }
    /// The answer of the form, in the variables of the original. Constants get the multiplier that balances them.
    ConvexAnswer original(const ConvexAnswer& answer) const;

private:
    static constexpr int constant = -1;

    void find_units();
    void keep_variables();
    void keep_rows();
    void keep_quadratic();
    void copy_cones();
    bool is_constant(int j) const { return place_[static_cast<std::size_t>(j)] == constant; }

    const ConvexProblem& from_;
    ConvexProblem form_;
    std::vector<int> place_;    // [#variable of the original] variable of the form, or constant
    std::vector<double> unit_;  // [#variable of the original] its worth of one in the form; 1 without a term
};

}  // namespace headroom
