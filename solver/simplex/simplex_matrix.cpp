#include "solver/simplex/simplex_matrix.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "solver/lanes/simd_level.hpp"
#include "solver/simplex/simplex_kernel.hpp"

namespace headroom {
namespace {

constexpr int vector_width = 8;
constexpr std::int64_t full_size_max = 1 << 18;  // numbers; twice that fits a second-level cache
constexpr double full_density = 0.2;

int rounded_up(int count) { return (count + vector_width - 1) / vector_width * vector_width; }

void add_full(const double* base, int length, std::span<const int> which, std::span<const double> factor, double* sum) {
    const SumView view{.base = base,
                       .length = length,
                       .count = static_cast<int>(which.size()),
                       .which = which.data(),
                       .factor = factor.data(),
                       .sum = sum};
    run_kernel<SumView>(view, baseline::sum_kernel, avx2::sum_kernel, avx512::sum_kernel);
}

void add_sparse(const std::vector<std::int32_t>& start, const std::vector<std::int32_t>& index,
                const std::vector<double>& value, std::span<const int> which, std::span<const double> factor,
                double* sum) {
    for (std::size_t k = 0; k < which.size(); ++k) {
        const double f = factor[k];
        if (f == 0) continue;
        for (std::int32_t e = start[which[k]]; e < start[which[k] + 1]; ++e) sum[index[e]] += f * value[e];
    }
}

void pick_sparse(const std::vector<std::int32_t>& start, const std::vector<std::int32_t>& index,
                 const std::vector<double>& value, int which, std::span<const int> place, std::span<double> picked) {
    std::ranges::fill(picked, 0.0);
    for (std::int32_t e = start[which]; e < start[which + 1]; ++e)
        if (const int p = place[index[e]]; p >= 0) picked[p] = value[e];
}

}  // namespace

SimplexMatrix::SimplexMatrix(const SparsePattern& pattern, std::span<const double> value, int column_count)
    : row_count_(pattern.row_count()),
      column_count_(column_count),
      row_room_(rounded_up(row_count_)),
      column_room_(rounded_up(column_count_)) {
    scale_rows(pattern, value);
    fill_columns();
    const std::int64_t size = static_cast<std::int64_t>(row_room_) * column_room_;
    full_ = size <= full_size_max && pattern.entry_count() >= full_density * static_cast<double>(size);
    if (full_) fill_full();
}

void SimplexMatrix::scale_rows(const SparsePattern& pattern, std::span<const double> value) {
    row_start_ = pattern.start;
    row_column_ = pattern.column;
    row_value_.assign(value.begin(), value.end());
    row_scale_.assign(static_cast<std::size_t>(row_count_), 1.0);
    for (int r = 0; r < row_count_; ++r) {
        double largest = 0;
        for (int e = row_start_[r]; e < row_start_[r + 1]; ++e) largest = std::max(largest, std::abs(row_value_[e]));
        if (largest == 0) continue;
        // In this unit no square is too large or too small.
        const double unit = std::ldexp(1.0, -std::ilogb(largest));
        double squares = 0;
        for (int e = row_start_[r]; e < row_start_[r + 1]; ++e)
            squares += (row_value_[e] * unit) * (row_value_[e] * unit);
        row_scale_[r] = std::ldexp(unit, -std::ilogb(std::sqrt(squares)));
        for (int e = row_start_[r]; e < row_start_[r + 1]; ++e) row_value_[e] *= row_scale_[r];
    }
}

void SimplexMatrix::fill_columns() {
    column_start_.assign(static_cast<std::size_t>(column_count_) + 1, 0);
    for (const std::int32_t c : row_column_) ++column_start_[c + 1];
    for (int c = 0; c < column_count_; ++c) column_start_[c + 1] += column_start_[c];
    column_row_.resize(row_column_.size());
    column_value_.resize(row_column_.size());
    std::vector<std::int32_t> next(column_start_.begin(), column_start_.end() - 1);
    for (int r = 0; r < row_count_; ++r)
        for (int e = row_start_[r]; e < row_start_[r + 1]; ++e) {
            const std::int32_t to = next[row_column_[e]]++;
            column_row_[to] = r;
            column_value_[to] = row_value_[e];
        }
}

void SimplexMatrix::fill_full() {
    full_rows_.assign(static_cast<std::size_t>(row_count_) * column_room_, 0.0);
    full_columns_.assign(static_cast<std::size_t>(column_count_) * row_room_, 0.0);
    for (int r = 0; r < row_count_; ++r)
        for (int e = row_start_[r]; e < row_start_[r + 1]; ++e) {
            full_rows_[static_cast<std::size_t>(r) * column_room_ + row_column_[e]] = row_value_[e];
            full_columns_[static_cast<std::size_t>(row_column_[e]) * row_room_ + r] = row_value_[e];
        }
}

void SimplexMatrix::add_columns(std::span<const int> column, std::span<const double> factor,
                                std::span<double> sum) const {
    assert(column.size() == factor.size() && static_cast<int>(sum.size()) == row_room_);
    if (full_)
        add_full(full_columns_.data(), row_room_, column, factor, sum.data());
    else
        add_sparse(column_start_, column_row_, column_value_, column, factor, sum.data());
}

void SimplexMatrix::add_rows(std::span<const int> row, std::span<const double> factor, std::span<double> sum) const {
    assert(row.size() == factor.size() && static_cast<int>(sum.size()) == column_room_);
    if (full_)
        add_full(full_rows_.data(), column_room_, row, factor, sum.data());
    else
        add_sparse(row_start_, row_column_, row_value_, row, factor, sum.data());
}

void SimplexMatrix::pick_from_row(int row, std::span<const int> columns, std::span<const int> place,
                                  std::span<double> picked) const {
    if (!full_) return pick_sparse(row_start_, row_column_, row_value_, row, place, picked);
    const double* values = full_rows_.data() + static_cast<std::size_t>(row) * column_room_;
    for (std::size_t k = 0; k < columns.size(); ++k) picked[k] = values[columns[k]];
}

void SimplexMatrix::pick_from_column(int column, std::span<const int> rows, std::span<const int> place,
                                     std::span<double> picked) const {
    if (!full_) return pick_sparse(column_start_, column_row_, column_value_, column, place, picked);
    const double* values = full_columns_.data() + static_cast<std::size_t>(column) * row_room_;
    for (std::size_t k = 0; k < rows.size(); ++k) picked[k] = values[rows[k]];
}

}  // namespace headroom
