// The numbers of DualSimplex: set-up and what changes between solutions.

#include <algorithm>
#include <cmath>

#include "solver/simplex/dual_method.hpp"

namespace headroom {

DualSimplex::Method::Method(const ConvexProblem& problem, const SimplexSettings& settings)
    : problem_(problem),
      settings_(settings),
      rows_(problem.structure.row_count()),
      columns_(problem.structure.variable_count),
      matrix_(std::make_shared<const SimplexMatrix>(problem.structure.rows, problem.values.row_value, columns_)),
      basis_(rows_, columns_),
      cost_(problem.values.linear) {
    const auto rows = static_cast<std::size_t>(rows_), columns = static_cast<std::size_t>(columns_);
    for (auto* all : {&x_, &z_, &alpha_}) all->assign(static_cast<std::size_t>(matrix_->column_room()), 0.0);
    activity_.assign(static_cast<std::size_t>(matrix_->row_room()), 0.0);
    row_lower_.assign(activity_.size(), -no_bound);
    row_upper_.assign(activity_.size(), no_bound);
    row_dual_.assign(rows, 0.0);
    row_at_.assign(rows, 0);
    at_.assign(columns, 1);
    sigma_.assign(columns, 0.0);
    y_.assign(rows, 0.0);
    z_out_.assign(columns, 0.0);
    ratio_test_.reserve(columns);
    moved_.reserve(columns);
    moves_.reserve(columns);
    make_room();
    auto& [structure, values] = problem_;
    for (int j = 0; j < columns_; ++j) crossed_ += values.lower[j] > values.upper[j];
    for (int row = 0; row < rows_; ++row) {
        const Sides sides = structure.row_sides[row];
        const double lower = has_lower(sides) ? values.row_lower[row] : -no_bound;
        const double upper = has_upper(sides) ? values.row_upper[row] : no_bound;
        values.row_lower[row] = -no_bound;
        values.row_upper[row] = no_bound;
        set_row(row, lower, upper);
    }
}

void DualSimplex::Method::set_cost(int variable, double cost) {
    if (problem_.values.linear[variable] == cost && !perturbed_) return;
    problem_.values.linear[variable] = cost;
    cost_[variable] = cost;
    duals_stale_ = measure_needed_ = true;
}

void DualSimplex::Method::set_bounds(int variable, double lower, double upper) {
    auto& lowers = problem_.values.lower;
    auto& uppers = problem_.values.upper;
    crossed_ += (lower > upper) - (lowers[variable] > uppers[variable]);
    lowers[variable] = lower;
    uppers[variable] = upper;
    measure_needed_ = true;
}

void DualSimplex::Method::set_row(int row, double lower, double upper) {
    auto& [structure, values] = problem_;
    crossed_ += (lower > upper) - (values.row_lower[row] > values.row_upper[row]);
    values.row_lower[row] = lower;
    values.row_upper[row] = upper;
    structure.row_sides[row] = static_cast<Sides>((std::isfinite(lower) ? 1 : 0) + (std::isfinite(upper) ? 2 : 0));
    structure.equation[row] = lower == upper ? 1 : 0;
    row_lower_[row] = lower * matrix_->row_scale(row);
    row_upper_[row] = upper * matrix_->row_scale(row);
}

}  // namespace headroom
