#include "solver/packing/row_blocks.hpp"

#include <algorithm>
#include <numeric>
#include <span>

namespace headroom {
namespace {

std::span<const std::int32_t> columns_of(const PackingRows& rows, std::int32_t row) {
    const auto first = static_cast<std::size_t>(rows.start[static_cast<std::size_t>(row)]);
    return {rows.column.data() + first,
            static_cast<std::size_t>(rows.start[static_cast<std::size_t>(row) + 1]) - first};
}

/// Rows in the order of their columns: neighbours have most columns in common.
std::vector<std::int32_t> order_by_columns(const PackingRows& rows) {
    std::vector<std::int32_t> order(static_cast<std::size_t>(rows.row_count()));
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&rows](std::int32_t a, std::int32_t b) {
        const auto x = columns_of(rows, a), y = columns_of(rows, b);
        return std::lexicographical_compare(x.begin(), x.end(), y.begin(), y.end());
    });
    return order;
}

/// Walks the columns of a block's rows together, in increasing order.
class BlockWalk {
public:
    BlockWalk(const PackingRows& rows, std::span<const std::int32_t> block) : rows_(rows) {
        for (const std::int32_t row : block) {
            next_.push_back(rows.start[static_cast<std::size_t>(row)]);
            end_.push_back(rows.start[static_cast<std::size_t>(row) + 1]);
        }
    }

    /// The smallest column that some row has next; limit_count when all are at their end.
    std::int32_t column() const {
        std::int32_t smallest = rows_.limit_count;
        for (std::size_t k = 0; k < next_.size(); ++k)
            if (next_[k] < end_[k]) smallest = std::min(smallest, rows_.column[static_cast<std::size_t>(next_[k])]);
        return smallest;
    }

    /// Row k's entry in the column; moves past it.
    double take(std::size_t k, std::int32_t column) {
        const auto at = static_cast<std::size_t>(next_[k]);
        if (next_[k] == end_[k] || rows_.column[at] != column) return 0.0;
        ++next_[k];
        return rows_.value[at];
    }

private:
    const PackingRows& rows_;
    std::vector<std::int32_t> next_, end_;  ///< [#row of the block] entries
};

}  // namespace

RowBlocks::RowBlocks(const PackingRows& rows) {
    const std::vector<std::int32_t> order = order_by_columns(rows);
    for (std::size_t first = 0; first < order.size(); first += rows_per_block) {
        for (std::size_t k = 0; k < rows_per_block; ++k) row.push_back(order[std::min(first + k, order.size() - 1)]);
        const std::span block(row.data() + row.size() - rows_per_block, rows_per_block);
        BlockWalk walk(rows, block);
        for (std::int32_t c = walk.column(); c < rows.limit_count; c = walk.column()) {
            column.push_back(c);
            for (std::size_t k = 0; k < rows_per_block; ++k) value.push_back(walk.take(k, c));
        }
        start.push_back(static_cast<std::int32_t>(column.size()));
    }
}

}  // namespace headroom
