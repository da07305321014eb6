#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "solver/lanes/lane_count.hpp"
#include "solver/simplex/dual_simplex.hpp"
#include "solver/simplex/ratio_test.hpp"
#include "solver/simplex/simplex_matrix.hpp"
#include "solver/simplex/working_basis.hpp"

namespace headroom {

/// The state and the steps of DualSimplex; dual_simplex.md has the method. Rows are scaled as in SimplexMatrix in
/// everything but problem_ and the multipliers handed out.
class DualSimplex::Method {
public:
    Method(const ConvexProblem& problem, const SimplexSettings& settings);

    void set_cost(int variable, double cost);
    void set_bounds(int variable, double lower, double upper);
    void set_row(int row, double lower, double upper);
    void set_costs(std::span<const double> cost);
    void set_all_bounds(std::span<const double> lower, std::span<const double> upper);
    void set_rows(std::span<const double> lower, std::span<const double> upper);
    void forget_basis();
    ConvexStatus solve();

    const ConvexProblem& problem() const { return problem_; }
    ConvexStatus status() const { return status_; }
    int iterations() const { return iterations_; }
    double objective() const { return objective_; }
    double bound() const { return bound_; }
    std::span<const double> x() const { return {x_.data(), static_cast<std::size_t>(columns_)}; }
    std::span<const double> y() const { return y_; }
    std::span<const double> z() const { return z_out_; }
    int working_rows() const { return basis_.size(); }

private:
    enum class Outcome { feasible, infeasible, limit, trouble };
    /// What leaves the basis: a row whose activity, or a variable of B whose value, is outside its sides.
    struct Leaving {
        bool is_row = false;
        int index = -1;     ///< row or variable
        double sign = 0;    ///< +1: below its lower side, -1: above the upper one
        double amount = 0;  ///< by how much
        double target = 0;  ///< the side
    };

    // dual_numbers.cpp
    void show_rows(int first, int count);
    static int crossed(std::span<const double> lower, std::span<const double> upper);

    // dual_method.cpp: the loop
    ConvexStatus run();
    Outcome iterate();
    bool choose_leaving();
    bool choose_first_leaving();
    void see_leaving(bool is_row, int index, double value, double lower, double upper);
    void perturb();
    void finish(ConvexStatus status);
    void finish_proof();
    bool prove();
    void restore_costs();

    // dual_pivot.cpp: one exchange
    void make_pivot_row();
    void find_limiting(double sign, double least);
    int choose_entering();
    bool exchange(int entering);
    double flip_and_count();
    void step_duals(int entering, double step);
    void exchange_basis(int entering, double pivot);
    void move(int variable, double by) {
        moved_[moved_count_] = variable;
        moves_[moved_count_++] = by;
    }
    std::span<const int> moved() const { return {moved_.data(), static_cast<std::size_t>(moved_count_)}; }
    std::span<const double> moves() const { return {moves_.data(), static_cast<std::size_t>(moved_count_)}; }
    void carry_moves();

    // dual_refresh.cpp: numbers made anew
    enum class Activities { carried, afresh };
    void refresh(Activities activities);
    void measure();
    void make_duals();
    void make_row_duals();
    void leave_impossible_rows();
    bool row_side_exists(int row, double dual) const;
    void place_nonbasics();
    void place_rows();
    void make_activities();
    void renew_basis();
    double row_side(int row) const { return row_at_[row] > 0 ? row_lower_[row] : row_upper_[row]; }
    double side(int variable) const {
        return at_[variable] > 0 ? problem_.values.lower[variable] : problem_.values.upper[variable];
    }
    std::span<double> placewise(std::vector<double>& all) const {
        return {all.data(), static_cast<std::size_t>(basis_.size())};
    }
    void make_room();

    ConvexProblem problem_;
    SimplexSettings settings_;
    int rows_, columns_;
    std::shared_ptr<const SimplexMatrix> matrix_;
    WorkingBasis basis_;
    RatioTest ratio_test_;

    std::vector<double> cost_;         ///< [#variable] c, or perturbed
    LaneArray x_, z_, alpha_;          ///< [column_room]; alpha: the pivot row, of nonbasic variables
    LaneArray activity_;               ///< [row_room] A x; of rows of W exactly their side
    LaneArray row_lower_, row_upper_;  ///< [row_room] infinite where there is no side
    std::vector<double> row_dual_;     ///< [#row] 0 outside W
    std::vector<int> at_;              ///< [#variable] +1 at lower, -1 at upper, 0 in B
    std::vector<double> sigma_;        ///< [#variable] at_, 0 where the box has no width
    std::vector<int> row_at_;          ///< [#row] the same of W, 0 outside
    std::vector<double> rho_, eta_, g_, dx_, row_entries_, column_entries_;  ///< [k or more] by place of W or of B
    std::vector<int> moved_;     ///< [2 #variable + 1], the first moved_count_ of them: variables that move
    std::vector<double> moves_;  ///< by how much
    int moved_count_ = 0;
    Leaving leaving_;

    double cost_scale_ = 1, feasible_ = 0;  ///< largest |c|; tolerance of rows and variables
    double dual_zero_ = 0;                  ///< reduced costs of no sign
    int crossed_ = 0, crossed_rows_ = 0;    ///< pairs of bounds and of sides that cross
    bool duals_stale_ = true, perturbed_ = false, first_of_ties_ = false, inaccurate_ = false, afresh_needed_ = true;
    bool measure_needed_ = true;
    int perturbations_ = 0, degenerate_ = 0;

    ConvexStatus status_ = ConvexStatus::invalid_input;
    int iterations_ = 0;
    double objective_ = 0, bound_ = -no_bound;
    std::vector<double> y_, z_out_;
    std::vector<int> y_rows_;  ///< where y_ is not 0
};

}  // namespace headroom
