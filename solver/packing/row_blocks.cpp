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

std::vector<std::int32_t> union_of_columns(const PackingRows& rows, std::span<const std::int32_t> block) {
    std::vector<std::int32_t> all;
    for (const std::int32_t row : block) {
        const auto columns = columns_of(rows, row);
        all.insert(all.end(), columns.begin(), columns.end());
    }
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
}

double entry(const PackingRows& rows, std::int32_t row, std::int32_t column) {
    const auto columns = columns_of(rows, row);
    const auto found = std::lower_bound(columns.begin(), columns.end(), column);
    if (found == columns.end() || *found != column) return 0.0;
    return rows.value[static_cast<std::size_t>(rows.start[static_cast<std::size_t>(row)] + (found - columns.begin()))];
}

}  // namespace

RowBlocks::RowBlocks(const PackingRows& rows) {
    const std::vector<std::int32_t> order = order_by_columns(rows);
    for (std::size_t first = 0; first < order.size(); first += rows_per_block) {
        for (std::size_t k = 0; k < rows_per_block; ++k) row.push_back(order[std::min(first + k, order.size() - 1)]);
        const std::span block(row.data() + row.size() - rows_per_block, rows_per_block);
        for (const std::int32_t c : union_of_columns(rows, block)) {
            column.push_back(c);
            for (const std::int32_t r : block) value.push_back(entry(rows, r, c));
        }
        start.push_back(static_cast<std::int32_t>(column.size()));
    }
}

}  // namespace headroom
