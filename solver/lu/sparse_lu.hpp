#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace headroom {

/// One entry of a sparse matrix; those of one place add up.
struct MatrixEntry {
    std::int32_t row, column;
    double value;
};

/// A = L U of a general sparse matrix with row exchanges (KLU). Order and pattern once, values as often as wanted.
class SparseLu {
public:
    /// @param pattern  entries in the order in which factorise() takes their values
    SparseLu(int size, std::span<const MatrixEntry> pattern);
    SparseLu(const SparseLu&) = delete;
    SparseLu& operator=(const SparseLu&) = delete;
    ~SparseLu();

    /// False: the matrix is singular or holds what is no number; then solve() must not be called.
    bool factorise(std::span<const MatrixEntry> entries);
    void solve(std::span<double> right) const;  ///< A x = b, in place; one call at a time
    /// A' x = b, likewise; `columns` right sides behind each other.
    void solve_transposed(std::span<double> right, int columns = 1) const;

private:
    struct Klu;
    std::unique_ptr<Klu> klu_;
    std::vector<int> column_start_, row_, slot_;  ///< slot: where entry e of the pattern is in value
    std::vector<double> value_;
};

}  // namespace headroom
