// Numbers of the basis made anew from the problem: multipliers, bounds of nonbasics, activities.

#include <algorithm>
#include <cmath>

#include "solver/simplex/dual_method.hpp"
#include "solver/simplex/vector_sums.hpp"

namespace headroom {
namespace {

constexpr double of_rounding = 1e-13;    // of the largest bound: what sums of products lose
constexpr double worth_refining = 1e-2;  // of the primal tolerance

}  // namespace

/// Makes everything fit the problem as set: afterwards the basis is dual feasible and only x_B and rows outside W may
/// be outside their sides.
void DualSimplex::Method::refresh(Activities activities) {
    if (duals_stale_) make_duals();
    leave_impossible_rows();
    make_room();
    place_nonbasics();
    place_rows();
    if (activities == Activities::afresh || afresh_needed_ || 2 * moved_count_ > columns_)
        make_activities();
    else
        carry_moves();
}

void DualSimplex::Method::measure() {
    if (!measure_needed_) return;
    measure_needed_ = false;
    const double largest = largest_of(problem_.values.linear);
    const double bound = std::max(largest_of(problem_.values.lower), largest_of(problem_.values.upper));
    cost_scale_ = largest > 0 ? largest : 1;
    dual_zero_ = settings_.dual_tolerance * cost_scale_;
    feasible_ = settings_.primal_tolerance * (bound > 0 ? std::min(1.0, bound) : 1.0) + of_rounding * bound;
}

void DualSimplex::Method::make_row_duals() {
    make_room();
    const auto c = placewise(g_), y = placewise(dx_);
    for (int b = 0; b < basis_.size(); ++b) c[b] = cost_[basis_.columns()[b]];
    basis_.apply_transposed(c, y);
    for (int w = 0; w < basis_.size(); ++w) row_dual_[basis_.rows()[w]] = y[w];
}

void DualSimplex::Method::make_duals() {
    make_row_duals();
    const auto minus_y = placewise(g_);
    for (int w = 0; w < basis_.size(); ++w) {
        double& y = row_dual_[basis_.rows()[w]];
        if (std::abs(y) <= dual_zero_ && !row_side_exists(basis_.rows()[w], y)) y = 0;
        minus_y[w] = -y;
    }
    std::ranges::copy(cost_, z_.begin());
    matrix_->add_rows(basis_.rows(), minus_y, z_);
    for (const int j : basis_.columns()) z_[j] = 0;
    duals_stale_ = false;
}

bool DualSimplex::Method::row_side_exists(int row, double dual) const {
    if (dual > 0) return std::isfinite(row_lower_[row]);
    if (dual < 0) return std::isfinite(row_upper_[row]);
    return std::isfinite(row_lower_[row]) || std::isfinite(row_upper_[row]);
}

/// A row has no second side to flip to: where its multiplier asks for a side that is not there, it leaves W together
/// with the variable of B that it moves most.
void DualSimplex::Method::leave_impossible_rows() {
    bool changed = false;
    for (;;) {
        int worst = -1;
        double most = -1;
        for (int w = 0; w < basis_.size(); ++w) {
            const int row = basis_.rows()[w];
            const double y = std::abs(row_dual_[row]) > dual_zero_ ? row_dual_[row] : 0;
            if (!row_side_exists(row, y) && std::abs(y) > most) worst = w, most = std::abs(y);
        }
        if (worst < 0) break;
        int best = 0;
        for (int b = 1; b < basis_.size(); ++b)
            if (std::abs(basis_.inverse_row(b)[worst]) > std::abs(basis_.inverse_row(best)[worst])) best = b;
        const int row = basis_.rows()[worst], column = basis_.columns()[best];
        basis_.shrink(worst, best);
        row_at_[row] = 0;
        row_dual_[row] = 0;
        at_[column] = 1;
        make_row_duals();
        changed = afresh_needed_ = true;
    }
    if (changed) make_duals();
}

/// Nonbasics on the side that their reduced cost asks for. Written without branches, which nobody could predict.
void DualSimplex::Method::place_nonbasics() {
    const double *const lower = problem_.values.lower.data(), *const upper = problem_.values.upper.data();
    const double* const z = z_.data();
    double *const x = x_.data(), *const sigma = sigma_.data(), *const moves = moves_.data();
    int* const at = at_.data();
    int* const moved = moved_.data();
    const double zero = dual_zero_;
    const int columns = columns_;
    int count = 0;
    for (int j = 0; j < columns; ++j) {
        const int before = at[j];
        int now = z[j] > zero ? 1 : before;
        now = z[j] < -zero ? -1 : now;
        now = before != 0 ? now : 0;
        at[j] = now;
        sigma[j] = upper[j] > lower[j] ? now : 0;
        const double from = x[j], side = now > 0 ? lower[j] : upper[j], to = now != 0 ? side : from;
        moved[count] = j;
        moves[count] = to - from;
        x[j] = to;
        count += to != from ? 1 : 0;
    }
    moved_count_ = count;
}

/// Rows of W on the side that their multiplier asks for; g: how far their activity moves.
void DualSimplex::Method::place_rows() {
    const auto g = placewise(g_);
    for (int w = 0; w < basis_.size(); ++w) {
        const int row = basis_.rows()[w];
        const double y = row_dual_[row];
        if (y > dual_zero_)
            row_at_[row] = 1;
        else if (y < -dual_zero_)
            row_at_[row] = -1;
        if (!std::isfinite(row_side(row))) row_at_[row] = -row_at_[row];
        g[w] = row_side(row) - activity_[row];
        activity_[row] = row_side(row);
    }
}

/// Solves (2) for x_B and computes A x, with one step of refinement where the inverse has lost digits.
void DualSimplex::Method::make_activities() {
    for (const int j : basis_.columns()) x_[j] = 0;
    int count = 0;
    for (int j = 0; j < columns_; ++j) {
        moved_[count] = j;
        moves_[count] = x_[j];
        count += x_[j] != 0 ? 1 : 0;
    }
    moved_count_ = count;
    std::ranges::fill(activity_, 0.0);
    matrix_->add_columns(moved(), moves(), activity_);
    const auto g = placewise(g_), dx = placewise(dx_);
    double residual = 0;
    for (int pass = 0; pass < 3; ++pass) {
        residual = 0;
        for (int w = 0; w < basis_.size(); ++w) {
            g[w] = row_side(basis_.rows()[w]) - activity_[basis_.rows()[w]];
            residual = std::max(residual, std::abs(g[w]));
        }
        if (pass > 0 && residual <= worth_refining * feasible_) break;
        basis_.apply(g, dx);
        for (int b = 0; b < basis_.size(); ++b) x_[basis_.columns()[b]] += dx[b];
        matrix_->add_columns(basis_.columns(), dx, activity_);
    }
    inaccurate_ = !(residual <= feasible_);
    for (const int row : basis_.rows()) activity_[row] = row_side(row);
    afresh_needed_ = false;
}

/// A fresh inverse; where that fails, an empty basis.
void DualSimplex::Method::renew_basis() {
    if (inaccurate_ && basis_.exchanges() == 0 && basis_.size() > 0) return forget_basis();
    const std::vector<int> rows(basis_.rows().begin(), basis_.rows().end());
    const std::vector<int> columns(basis_.columns().begin(), basis_.columns().end());
    duals_stale_ = afresh_needed_ = true;
    if (basis_.factorise(*matrix_)) return;
    for (const int row : rows) row_at_[row] = 0, row_dual_[row] = 0;
    for (const int column : columns) at_[column] = 1;
}

void DualSimplex::Method::forget_basis() {
    for (const int row : basis_.rows()) row_at_[row] = 0, row_dual_[row] = 0;
    basis_.clear();
    std::ranges::fill(at_, 1);
    duals_stale_ = afresh_needed_ = true;
}

}  // namespace headroom
