// One exchange of the dual simplex method: pivot row, ratio test, moves, multipliers, basis.

#include <algorithm>
#include <cmath>
#include <limits>

#include "solver/simplex/dual_method.hpp"

namespace headroom {
namespace {

constexpr double pivot_zero = 1e-9;    // of the largest entry of rho: smaller entries of the pivot row are rounding
constexpr double pivot_error = 1e-7;   // between a pivot computed by row and by column
constexpr double no_progress = 1e-14;  // of the largest |c|: a dual step of this length is degenerate

}  // namespace

void DualSimplex::Method::make_room() {
    const auto wanted = static_cast<std::size_t>(basis_.size()) + 1;
    if (g_.size() >= wanted) return;
    for (auto* all : {&rho_, &eta_, &g_, &dx_, &row_entries_, &column_entries_}) all->resize(2 * wanted);
}

/// What leaves as a function of the nonbasics, v = rho' side_W + alpha' x_N.
void DualSimplex::Method::make_pivot_row() {
    const auto rho = placewise(rho_), minus = placewise(dx_);
    std::ranges::fill(alpha_, 0.0);
    if (leaving_.is_row) {
        const auto entries = placewise(row_entries_);
        matrix_->pick_from_row(leaving_.index, basis_.columns(), basis_.column_place(), entries);
        basis_.apply_transposed(entries, rho);
        const double one = 1;
        matrix_->add_rows({&leaving_.index, 1}, {&one, 1}, alpha_);
    } else {
        std::ranges::copy(basis_.inverse_row(basis_.column_place()[leaving_.index]), rho.begin());
    }
    for (int w = 0; w < basis_.size(); ++w) minus[w] = -rho[w];
    matrix_->add_rows(basis_.rows(), minus, alpha_);
}

/// moved_ and moves_: variables whose reduced cost falls towards 0, and how fast. Without a branch for each: which ones
/// has no pattern.
void DualSimplex::Method::find_limiting(double sign, double least) {
    const double *const alpha = alpha_.data(), *const sigma = sigma_.data();
    int* const which = moved_.data();
    double* const sizes = moves_.data();
    const int columns = columns_;
    int count = 0;
    for (int j = 0; j < columns; ++j) {
        const double size = sign * alpha[j] * sigma[j];
        which[count] = j;
        sizes[count] = size;
        count += size > least ? 1 : 0;
    }
    moved_count_ = count;
}

/// Variable, or #variable + place of a row of W; -1: nothing can bring what leaves back inside.
int DualSimplex::Method::choose_entering() {
    const double s = leaving_.sign;
    double largest = leaving_.is_row ? 1 : 0;
    for (const double r : placewise(rho_)) largest = std::max(largest, std::abs(r));
    const double least = pivot_zero * largest;
    find_limiting(s, least);
    ratio_test_.clear();
    ratio_test_.make_room(moved().size() + basis_.rows().size());
    for (int k = 0; k < moved_count_; ++k) {
        const int j = moved_[k];
        const double size = moves_[k], gain = sigma_[j] * z_[j];
        ratio_test_.add({.ratio = (gain > 0 ? gain : 0) / size,
                         .size = size,
                         .worth = size * (problem_.values.upper[j] - problem_.values.lower[j]),
                         .index = j});
    }
    for (int w = 0; w < basis_.size(); ++w) {
        const int row = basis_.rows()[w];
        const double size = s * rho_[w] * row_at_[row], range = row_upper_[row] - row_lower_[row];
        if (!(size > least) || range == 0) continue;
        ratio_test_.add({.ratio = std::max(0.0, row_at_[row] * row_dual_[row]) / size,
                         .size = size,
                         .worth = size * range,
                         .index = columns_ + w});
    }
    return ratio_test_.choose(leaving_.amount, feasible_);
}

/// False: the pivot has lost its digits, nothing has changed.
bool DualSimplex::Method::exchange(int entering) {
    const bool row_enters = entering >= columns_;
    const int place = entering - columns_;
    const double pivot = row_enters ? rho_[place] : alpha_[entering];
    if (!row_enters) {
        const auto entries = placewise(column_entries_);
        matrix_->pick_from_column(entering, basis_.rows(), basis_.row_place(), entries);
        basis_.apply(entries, placewise(eta_));
        double difference = 0;
        if (leaving_.is_row)
            for (int k = 0; k < basis_.size(); ++k)
                difference += row_entries_[k] * eta_[k] - rho_[k] * column_entries_[k];
        else
            difference = pivot + eta_[basis_.column_place()[leaving_.index]];
        if (!(std::abs(difference) <= pivot_error * std::abs(pivot))) return false;
    }
    std::ranges::fill(placewise(g_), 0.0);
    const double entering_moves = (leaving_.sign * leaving_.amount - flip_and_count()) / pivot;
    double entering_activity = 0;
    if (row_enters) {
        g_[place] += entering_moves;
        entering_activity = row_side(basis_.rows()[place]) + entering_moves;
    } else {
        move(entering, entering_moves);
        x_[entering] += entering_moves;
    }
    carry_moves();
    if (row_enters) activity_[basis_.rows()[place]] = entering_activity;
    step_duals(entering, leaving_.sign * ratio_test_.step());
    exchange_basis(entering, pivot);
    degenerate_ = ratio_test_.step() <= no_progress * cost_scale_ ? degenerate_ + 1 : 0;
    return true;
}

/// Moves what the ratio test has flipped to its other side. Returns by how much what leaves moves.
double DualSimplex::Method::flip_and_count() {
    moved_count_ = 0;
    double change = 0;
    for (const int f : ratio_test_.flips()) {
        if (f < columns_) {
            const double from = side(f);
            at_[f] = -at_[f];
            sigma_[f] = at_[f];
            x_[f] = side(f);
            move(f, x_[f] - from);
            change += alpha_[f] * (x_[f] - from);
        } else {
            const int w = f - columns_, row = basis_.rows()[w];
            const double from = row_side(row);
            row_at_[row] = -row_at_[row];
            g_[w] += row_side(row) - from;
            change += rho_[w] * (row_side(row) - from);
        }
    }
    return change;
}

/// What moved_ and the sides of W (g) make of x_B and of all activities.
void DualSimplex::Method::carry_moves() {
    const auto g = placewise(g_), dx = placewise(dx_), entries = placewise(column_entries_);
    if (!g.empty()) {
        for (std::size_t k = 0; k < moved().size(); ++k) {
            matrix_->pick_from_column(moved_[k], basis_.rows(), basis_.row_place(), entries);
            for (std::size_t w = 0; w < g.size(); ++w) g[w] -= moves_[k] * entries[w];
        }
        basis_.apply(g, dx);
        for (std::size_t b = 0; b < g.size(); ++b) {
            if (dx[b] == 0) continue;
            x_[basis_.columns()[b]] += dx[b];
            move(basis_.columns()[b], dx[b]);
        }
    }
    matrix_->add_columns(moved(), moves(), activity_);
    for (const int row : basis_.rows()) activity_[row] = row_side(row);
}

void DualSimplex::Method::step_duals(int entering, double step) {
    if (step != 0) {
        for (const int j : basis_.columns()) alpha_[j] = 0;
        for (int j = 0; j < columns_; ++j) z_[j] -= step * alpha_[j];
        for (int w = 0; w < basis_.size(); ++w) row_dual_[basis_.rows()[w]] -= step * rho_[w];
    }
    if (entering < columns_)
        z_[entering] = 0;
    else
        row_dual_[basis_.rows()[entering - columns_]] = 0;
    (leaving_.is_row ? row_dual_[leaving_.index] : z_[leaving_.index]) = step;
}

void DualSimplex::Method::exchange_basis(int entering, double pivot) {
    const bool row_enters = entering >= columns_;
    const int place = entering - columns_, out = leaving_.index;
    const int at = leaving_.sign > 0 ? 1 : -1;
    const int column_place = leaving_.is_row ? -1 : basis_.column_place()[out];
    if (row_enters)
        row_at_[basis_.rows()[place]] = 0;
    else
        at_[entering] = 0, sigma_[entering] = 0;
    if (leaving_.is_row) {
        row_at_[out] = at;
        activity_[out] = leaving_.target;
        if (row_enters)
            basis_.replace_row(place, out, placewise(rho_));
        else
            basis_.grow(out, entering, placewise(rho_), placewise(eta_), pivot);
    } else {
        at_[out] = at;
        sigma_[out] = problem_.values.upper[out] > problem_.values.lower[out] ? at : 0;
        x_[out] = leaving_.target;
        if (row_enters)
            basis_.shrink(place, column_place);
        else
            basis_.replace_column(column_place, entering, placewise(eta_));
    }
    make_room();
}

}  // namespace headroom
