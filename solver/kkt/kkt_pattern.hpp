#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace headroom {

/// One entry (i, j), i != j, of a symmetric matrix and where its value is kept.
struct SymmetricEntry {
    std::int32_t i, j, slot;
};

/// Order and symbolic factorisation K = L D L' of a symmetric quasi-definite matrix, done once for all matrices of a
/// pattern. "Position" is a place in elimination order (AMD), "index" one in the caller's order.
///
/// Column k of L is built from the columns j that have an entry in row k (its sources) and from the entries of K.
/// Sources follow each other in runs: columns whose rows after k are the same, so that several go in one sweep.
struct KktPattern {
    /// @param entries  off-diagonal, any order, those of one place add up; a diagonal always exists
    /// @param later  [#size] 1: not to be eliminated before all of its neighbours, because its own diagonal is nothing
    ///               but regularisation: such a pivot would drown what stands on the others
    KktPattern(int size, std::span<const SymmetricEntry> entries, std::span<const char> later);

    int size = 0;
    std::vector<std::int32_t> position;  ///< [#size] of each index
    std::vector<std::int32_t> index;     ///< [#size] of each position

    std::vector<std::int32_t> column_start;  ///< [#size + 1] of L, strictly below the diagonal
    std::vector<std::int32_t> row;           ///< [#L] positions, increasing inside a column

    std::vector<std::int32_t> source_start;  ///< [#size + 1]
    std::vector<std::int32_t> source;        ///< [#L] column j with an entry in row k
    std::vector<std::int32_t> source_entry;  ///< [#L] where that entry is in L
    std::vector<std::int32_t> source_run;    ///< [#L] how many sources from here on may be swept together: 1, 2 or 4

    std::vector<std::int32_t> entry_start;  ///< [#size + 1] entries of K below the diagonal, by columns
    std::vector<std::int32_t> entry_row;    ///< [#entry]
    std::vector<std::int32_t> entry_slot;   ///< [#entry] SymmetricEntry::slot

    std::size_t factor_count() const { return row.size(); }

private:
    void find_runs();
};

}  // namespace headroom
