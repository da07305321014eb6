#include "solver/simplex/working_basis.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace headroom {
namespace {

/// A pivot of the elimination below this share of its column of A is rounding.
constexpr double singular = 1e-12;
/// Shares of nonzeros below one in so many are gone through one by one.
constexpr std::size_t few_nonzeros = 6;

}  // namespace

WorkingBasis::WorkingBasis(int row_count, int column_count)
    : row_place_(static_cast<std::size_t>(row_count), -1), column_place_(static_cast<std::size_t>(column_count), -1) {
    make_room(std::min({16, row_count, column_count}));
}

void WorkingBasis::find_nonzeros(std::span<const double> numbers) const {
    nonzeros_.clear();
    const std::size_t most = numbers.size() / few_nonzeros;
    sparse_ = false;
    for (std::size_t k = 0; k < numbers.size(); ++k) {
        if (numbers[k] == 0) continue;
        if (nonzeros_.size() >= most) return;
        nonzeros_.push_back(static_cast<int>(k));
    }
    sparse_ = true;
}

/// line += factor numbers, of which find_nonzeros has seen the zeros.
void WorkingBasis::add_to_line(double* line, double factor, std::span<const double> numbers) const {
    if (factor == 0) return;
    if (sparse_)
        for (const int k : nonzeros_) line[k] += factor * numbers[k];
    else
        for (std::size_t k = 0; k < numbers.size(); ++k) line[k] += factor * numbers[k];
}

void WorkingBasis::apply(std::span<const double> g, std::span<double> result) const {
    const std::size_t k = rows_.size();
    find_nonzeros(g.first(k));
    for (std::size_t b = 0; b < k; ++b) {
        const double* row = inverse_.data() + b * stride_;
        double sum = 0;
        if (sparse_)
            for (const int w : nonzeros_) sum += row[w] * g[w];
        else
            for (std::size_t w = 0; w < k; ++w) sum += row[w] * g[w];
        result[b] = sum;
    }
}

void WorkingBasis::apply_transposed(std::span<const double> c, std::span<double> result) const {
    const std::size_t k = rows_.size();
    std::fill_n(result.begin(), k, 0.0);
    for (std::size_t b = 0; b < k; ++b) {
        if (c[b] == 0) continue;
        const double* row = inverse_.data() + b * stride_;
        for (std::size_t w = 0; w < k; ++w) result[w] += row[w] * c[b];
    }
}

void WorkingBasis::clear() {
    for (const int row : rows_) row_place_[row] = -1;
    for (const int column : columns_) column_place_[column] = -1;
    rows_.clear();
    columns_.clear();
    exchanges_ = 0;
}

void WorkingBasis::make_room(int size) {
    const auto wanted = static_cast<std::size_t>(size);
    if (wanted <= stride_) return;
    const std::size_t stride = std::max(wanted, 2 * stride_), k = rows_.size();
    std::vector<double> wider(stride * stride, 0.0);
    for (std::size_t b = 0; b < k; ++b) std::copy_n(inverse_.data() + b * stride_, k, wider.data() + b * stride);
    inverse_.swap(wider);
    stride_ = stride;
    work_.resize(stride);
    exchanged_.resize(stride);
    nonzeros_.reserve(stride);
    rows_.reserve(stride);
    columns_.reserve(stride);
}

void WorkingBasis::grow(int row, int column, std::span<const double> rho, std::span<const double> eta, double pivot) {
    const int k = size();
    make_room(k + 1);
    const auto old_rho = rho.first(rows_.size());
    find_nonzeros(old_rho);
    for (int b = 0; b < k; ++b) {
        const double factor = eta[b] / pivot;
        add_to_line(line(b), factor, old_rho);
        line(b)[k] = -factor;
    }
    double* last = line(k);
    for (int w = 0; w < k; ++w) last[w] = -rho[w] / pivot;
    last[k] = 1 / pivot;
    rows_.push_back(row);
    columns_.push_back(column);
    row_place_[row] = k;
    column_place_[column] = k;
    ++exchanges_;
}

void WorkingBasis::replace_row(int place, int row, std::span<const double> rho) {
    const int k = size();
    const double pivot = rho[place];
    find_nonzeros(rho.first(rows_.size()));
    for (int b = 0; b < k; ++b) {
        const double factor = line(b)[place] / pivot;
        add_to_line(line(b), -factor, rho.first(rows_.size()));
        line(b)[place] = factor;
    }
    row_place_[rows_[place]] = -1;
    rows_[place] = row;
    row_place_[row] = place;
    ++exchanges_;
}

void WorkingBasis::replace_column(int place, int column, std::span<const double> eta) {
    const int k = size();
    double* pivot_row = line(place);
    const double pivot = eta[place];
    for (int w = 0; w < k; ++w) pivot_row[w] /= pivot;
    find_nonzeros(inverse_row(place));
    for (int b = 0; b < k; ++b)
        if (b != place) add_to_line(line(b), -eta[b], inverse_row(place));
    column_place_[columns_[place]] = -1;
    columns_[place] = column;
    column_place_[column] = place;
    ++exchanges_;
}

void WorkingBasis::shrink(int row_at, int column_at) {
    const int k = size(), last = k - 1;
    const double pivot = line(column_at)[row_at];
    find_nonzeros(inverse_row(column_at));
    for (int b = 0; b < k; ++b)
        if (b != column_at) add_to_line(line(b), -line(b)[row_at] / pivot, inverse_row(column_at));
    for (int b = 0; b < k; ++b) line(b)[row_at] = line(b)[last];
    if (column_at != last) std::copy_n(line(last), last, line(column_at));
    row_place_[rows_[row_at]] = -1;
    if (row_at != last) row_place_[rows_[last]] = row_at;
    rows_[row_at] = rows_[last];
    rows_.pop_back();
    column_place_[columns_[column_at]] = -1;
    if (column_at != last) column_place_[columns_[last]] = column_at;
    columns_[column_at] = columns_[last];
    columns_.pop_back();
    ++exchanges_;
}

bool WorkingBasis::factorise(const SimplexMatrix& matrix) {
    if (!invert(matrix)) {
        clear();
        return false;
    }
    exchanges_ = 0;
    return true;
}

/// Gauss and Jordan in place with exchanges of rows: after it, line(j) is row j of the inverse.
bool WorkingBasis::invert(const SimplexMatrix& matrix) {
    const int k = size();
    for (int w = 0; w < k; ++w) {
        const std::span<double> row(line(w), rows_.size());
        matrix.pick_from_row(rows_[w], columns_, column_place_, row);
    }
    for (int b = 0; b < k; ++b) {
        double largest = 0;
        for (int w = 0; w < k; ++w) largest = std::max(largest, std::abs(line(w)[b]));
        work_[b] = largest;
    }
    for (int step = 0; step < k; ++step)
        if (!eliminate(step)) return false;
    undo_row_exchanges();
    return true;
}

bool WorkingBasis::eliminate(int step) {
    const int k = size();
    int best = step;
    for (int w = step + 1; w < k; ++w)
        if (std::abs(line(w)[step]) > std::abs(line(best)[step])) best = w;
    if (!(std::abs(line(best)[step]) > singular * work_[step])) return false;
    exchanged_[step] = best;
    if (best != step) std::swap_ranges(line(best), line(best) + k, line(step));
    double* pivot_row = line(step);
    const double inverse_pivot = 1 / pivot_row[step];
    pivot_row[step] = 1;
    for (int b = 0; b < k; ++b) pivot_row[b] *= inverse_pivot;
    find_nonzeros(inverse_row(step));
    for (int w = 0; w < k; ++w) {
        const double factor = line(w)[step];
        if (w == step || factor == 0) continue;
        line(w)[step] = 0;
        add_to_line(line(w), -factor, inverse_row(step));
    }
    return true;
}

void WorkingBasis::undo_row_exchanges() {
    const int k = size();
    for (int b = 0; b < k; ++b)
        for (int step = k - 1; step >= 0; --step) std::swap(line(b)[step], line(b)[exchanged_[step]]);
}

}  // namespace headroom
