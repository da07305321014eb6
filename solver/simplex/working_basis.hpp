#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "solver/simplex/simplex_matrix.hpp"

namespace headroom {

/// Rows W and columns B, equally many (k), and the inverse of A_WB, kept explicitly because k is small. Where A_WB
/// falls into blocks, so does the inverse: exact zeros stay and are passed by, so that hundreds of rows are bearable.
///
/// Four exchanges change it by a matrix of rank one in O(k^2). With rho' = A_iB inv(A_WB) for a row i and
/// eta = inv(A_WB) A_Wq for a column q, as apply_transposed and apply make them:
///
///     grow            W + i, B + q            pivot a_iq - A_iB eta
///     replace_row     i in place of a row     pivot rho at its place
///     replace_column  q in place of a column  pivot eta at its place
///     shrink          W - w, B - b            pivot inverse[place of b][place of w]
class WorkingBasis {
public:
    WorkingBasis(int row_count, int column_count);

    int size() const { return static_cast<int>(rows_.size()); }
    std::span<const int> rows() const { return rows_; }                  ///< W [k]
    std::span<const int> columns() const { return columns_; }            ///< B [k]
    std::span<const int> row_place() const { return row_place_; }        ///< [#row] place in W or -1
    std::span<const int> column_place() const { return column_place_; }  ///< [#column] place in B or -1
    int exchanges() const { return exchanges_; }                         ///< since the inverse was last made from A

    /// inverse g.  @param g, result [k]
    void apply(std::span<const double> g, std::span<double> result) const;
    /// inverse' c.  @param c, result [k]
    void apply_transposed(std::span<const double> c, std::span<double> result) const;
    std::span<const double> inverse_row(int place) const {
        return {inverse_.data() + static_cast<std::size_t>(place) * stride_, rows_.size()};
    }

    void clear();
    void grow(int row, int column, std::span<const double> rho, std::span<const double> eta, double pivot);
    void replace_row(int place, int row, std::span<const double> rho);
    void replace_column(int place, int column, std::span<const double> eta);
    void shrink(int row_place, int column_place);
    /// Makes the inverse anew from A. False: A_WB is singular to working precision, and the basis is now empty.
    bool factorise(const SimplexMatrix& matrix);

private:
    void find_nonzeros(std::span<const double> numbers) const;
    void add_to_line(double* line, double factor, std::span<const double> numbers) const;
    double* line(int place) { return inverse_.data() + static_cast<std::size_t>(place) * stride_; }
    void make_room(int size);
    bool invert(const SimplexMatrix& matrix);
    bool eliminate(int step);
    void undo_row_exchanges();

    std::vector<int> rows_, columns_, row_place_, column_place_;
    std::vector<double> inverse_;  ///< [k x stride]: row b of the inverse belongs to column B[b]
    std::size_t stride_ = 0;
    int exchanges_ = 0;
    std::vector<double> work_;
    mutable std::vector<int> nonzeros_;  ///< places, of what find_nonzeros has seen last; empty and
    mutable bool sparse_ = false;        ///< not looked at where there are too many
    std::vector<int> exchanged_;
};

}  // namespace headroom
