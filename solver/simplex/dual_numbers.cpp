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
    ratio_test_.make_room(columns);
    moved_.assign(2 * columns + 1, 0);
    moves_.assign(2 * columns + 1, 0.0);
    make_room();
    auto& [structure, values] = problem_;
    for (int row = 0; row < rows_; ++row) {
        if (!has_lower(structure.row_sides[row])) values.row_lower[row] = -no_bound;
        if (!has_upper(structure.row_sides[row])) values.row_upper[row] = no_bound;
    }
    show_rows(0, rows_);
    crossed_ = crossed(values.lower, values.upper);
    crossed_rows_ = crossed(values.row_lower, values.row_upper);
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
    ConvexValues& values = problem_.values;
    crossed_rows_ += (lower > upper) - (values.row_lower[row] > values.row_upper[row]);
    values.row_lower[row] = lower;
    values.row_upper[row] = upper;
    show_rows(row, 1);
}

/// Sides, equation and scaled sides of rows from their values.
void DualSimplex::Method::show_rows(int first, int count) {
    const double* lower = problem_.values.row_lower.data() + first;
    const double* upper = problem_.values.row_upper.data() + first;
    const double* scale = matrix_->row_scales().data() + first;
    double *scaled_lower = row_lower_.data() + first, *scaled_upper = row_upper_.data() + first;
    for (int k = 0; k < count; ++k) scaled_lower[k] = lower[k] * scale[k];
    for (int k = 0; k < count; ++k) scaled_upper[k] = upper[k] * scale[k];
    Sides* sides = problem_.structure.row_sides.data() + first;
    char* equation = problem_.structure.equation.data() + first;
    for (int k = 0; k < count; ++k)
        sides[k] = static_cast<Sides>(int{lower[k] > -no_bound} + 2 * int{upper[k] < no_bound});
    for (int k = 0; k < count; ++k) equation[k] = static_cast<char>(lower[k] == upper[k]);
}

int DualSimplex::Method::crossed(std::span<const double> lower, std::span<const double> upper) {
    int count = 0;
    for (std::size_t k = 0; k < lower.size(); ++k) count += lower[k] > upper[k] ? 1 : 0;
    return count;
}

void DualSimplex::Method::set_costs(std::span<const double> cost) {
    if (!perturbed_ && std::ranges::equal(cost, problem_.values.linear)) return;
    std::ranges::copy(cost, problem_.values.linear.begin());
    std::ranges::copy(cost, cost_.begin());
    perturbed_ = false;
    duals_stale_ = measure_needed_ = true;
}

void DualSimplex::Method::set_all_bounds(std::span<const double> lower, std::span<const double> upper) {
    std::ranges::copy(lower, problem_.values.lower.begin());
    std::ranges::copy(upper, problem_.values.upper.begin());
    measure_needed_ = true;
    crossed_ = crossed(lower, upper);
}

void DualSimplex::Method::set_rows(std::span<const double> lower, std::span<const double> upper) {
    std::ranges::copy(lower, problem_.values.row_lower.begin());
    std::ranges::copy(upper, problem_.values.row_upper.begin());
    show_rows(0, rows_);
    crossed_rows_ = crossed(lower, upper);
}

}  // namespace headroom
