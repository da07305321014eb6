#pragma once

#include <cstdint>
#include <vector>

#include "solver/packing/packing_rows.hpp"

namespace headroom {

/// The rows of A eight at a time, for products: rows with the same or nearly the same columns share them, so that a
/// limit is loaded once for eight multiply-adds, which do not wait for each other. Where a row lacks a column of its
/// block, its entry is zero.
struct RowBlocks {
    static constexpr int rows_per_block = 8;

    explicit RowBlocks(const PackingRows& rows);

    std::vector<std::int32_t> start{0};  ///< [#block + 1] entries of a block
    std::vector<std::int32_t> column;    ///< [#entry]
    std::vector<double> value;           ///< [#entry x 8]
    std::vector<std::int32_t> row;       ///< [#block x 8] row of A; the last block repeats its last row

    int block_count() const { return static_cast<int>(start.size()) - 1; }
};

}  // namespace headroom
