#pragma once

#include <complex>
#include <cstdint>
#include <span>
#include <vector>

namespace headroom {

/// One entry of a complex symmetric matrix: (i, j) stands for (j, i) too. Those of one place add up.
struct ComplexEntry {
    std::int32_t i, j;
    std::complex<double> value;
};

/// A = L D L' of a complex symmetric (not Hermitian) matrix, unit diagonal in L, no pivoting: meant for matrices whose
/// real part is semidefinite and whose imaginary part is nearly so, where pivots on the diagonal are safe.
///
/// "Position" is a place in elimination order, "index" one in the caller's order. What the caller names `early` comes
/// before everything else; inside both groups the order is of minimum degree (CAMD). Where right sides are zero at
/// every early index, forward elimination may skip that block, and its solution can wait until it is wanted.
class ComplexLdl {
public:
    /// @param early  [#size] 1: eliminated before all that are 0
    ComplexLdl(int size, std::span<const ComplexEntry> entries, std::span<const char> early);

    int size() const { return static_cast<int>(index_.size()); }
    int early_count() const { return early_count_; }
    /// No pivot is zero or not a number.
    bool regular() const { return regular_; }
    void solve(std::span<std::complex<double>> x) const;  ///< in place, one right side, by index; @pre regular()

    std::span<const std::int32_t> position() const { return position_; }  ///< [#size] of each index
    std::span<const std::int32_t> index() const { return index_; }        ///< [#size] of each position

    std::span<const std::int32_t> column_start() const {
        return column_start_;
    }                                                                       ///< [#size + 1] of L below its diagonal
    std::span<const std::int32_t> row() const { return row_; }              ///< [#L] positions, rising in a column
    std::span<const std::complex<double>> value() const { return value_; }  ///< [#L]
    std::span<const std::complex<double>> inverse_pivot() const { return inverse_pivot_; }  ///< [#size]

private:
    struct Upper;  ///< entries on and above the diagonal by columns, in elimination order
    void order(std::span<const ComplexEntry> entries, std::span<const char> early);
    Upper permuted(std::span<const ComplexEntry> entries) const;
    void factorise(const Upper& upper);

    int early_count_ = 0;
    bool regular_ = true;
    std::vector<std::int32_t> position_, index_, column_start_, row_;
    std::vector<std::complex<double>> value_, inverse_pivot_;
};

}  // namespace headroom
