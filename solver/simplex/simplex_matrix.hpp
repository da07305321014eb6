#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "solver/convex/convex_problem.hpp"
#include "solver/lanes/lane_count.hpp"

namespace headroom {

/// A by rows and by columns, every row scaled by a power of two to a norm in [1, 2): exact, and an infeasibility means
/// the same in every row. A matrix that is small and full is kept as full columns and rows, for the vector kernels.
class SimplexMatrix {
public:
    /// @param value [#entry of pattern]
    SimplexMatrix(const SparsePattern& pattern, std::span<const double> value, int column_count);

    int row_count() const { return row_count_; }
    int column_count() const { return column_count_; }
    /// Lengths of sums over rows and columns: rounded up to whole vectors, and sums lie
    /// in LaneArrays. What is beyond the count stays 0.
    int row_room() const { return row_room_; }
    int column_room() const { return column_room_; }
    double row_scale(int row) const { return row_scale_[row]; }
    std::span<const double> row_scales() const { return row_scale_; }
    /// Numbers touched by add_columns of all columns; a column of a full matrix costs all of its rows.
    std::int64_t column_cost(int column) const {
        return full_ ? row_room_ : column_start_[column + 1] - column_start_[column];
    }

    /// sum += A_{:,column} factor.  @param sum [row_room()]  @param column, factor [#column in question]
    void add_columns(std::span<const int> column, std::span<const double> factor, std::span<double> sum) const;
    /// sum += factor' A_{row,:}.  @param sum [column_room()]
    void add_rows(std::span<const int> row, std::span<const double> factor, std::span<double> sum) const;
    /// picked = A_{row, columns}.  @param place [#column of A] where a column stands in `columns`, -1: nowhere
    void pick_from_row(int row, std::span<const int> columns, std::span<const int> place,
                       std::span<double> picked) const;
    /// picked = A_{rows, column}.  @param place [#row of A] likewise
    void pick_from_column(int column, std::span<const int> rows, std::span<const int> place,
                          std::span<double> picked) const;

private:
    void scale_rows(const SparsePattern& pattern, std::span<const double> value);
    void fill_columns();
    void fill_full();

    int row_count_, column_count_, row_room_, column_room_;
    std::vector<double> row_scale_;
    std::vector<std::int32_t> row_start_, row_column_, column_start_, column_row_;
    std::vector<double> row_value_, column_value_;
    bool full_ = false;
    LaneArray full_rows_, full_columns_;  ///< [#row x column_room], [#column x row_room]
};

}  // namespace headroom
