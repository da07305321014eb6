#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "solver/packing/packing_item.hpp"

namespace headroom {

/// Rows that no problem has together stand in one place of a common pattern, whose values are each problem's own: eight
/// steps with twenty rows of their own each are a problem of twenty rows, not of 160.
struct RowPlaces {
    std::vector<std::int32_t> start{0};  ///< [#place + 1]
    std::vector<std::int32_t> row;       ///< by place, increasing inside one

    int count() const { return static_cast<int>(start.size()) - 1; }
    /// The row of a place that an item has; the first where it has none.
    std::int32_t row_of(const PackingItem& item, int place) const;
};

/// @param rows   increasing
/// @param items  an item has the rows whose room has an end
/// @return no place at all where sharing would save less than half of them
RowPlaces shared_places(std::span<const std::int32_t> rows, std::span<const PackingItem> items);

}  // namespace headroom
