#pragma once

#include <cstdint>
#include <vector>

#include "solver/packing/packing_rows.hpp"

namespace headroom {

/// The rows of A four at a time, for products: rows with the same or nearly the same columns share them, so that a
/// limit is loaded once for four multiply-adds. Where a row lacks a column of its block, its entry is zero.
struct RowBlocks {
    static constexpr int rows_per_block = 4;

    explicit RowBlocks(const PackingRows& rows);

    std::vector<std::int32_t> start{0};  ///< [#block + 1] entries of a block
    std::vector<std::int32_t> column;    ///< [#entry]
    std::vector<double> value;           ///< [#entry x 4]
    std::vector<std::int32_t> row;       ///< [#block x 4] row of A; the last block repeats its last row

    int block_count() const { return static_cast<int>(start.size()) - 1; }
};

}  // namespace headroom
