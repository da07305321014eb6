#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "solver/packing/packing_rows.hpp"

namespace headroom {

/// A row that an answer violates.
struct ViolatedRow {
    double share;  ///< what is too much, of what the row carries
    double over;   ///< the same in units of the row (FillingPlan::row_scale)
    std::int32_t row;
};

/// The `count` rows that are violated most, in units of the row: where few rows matter and each costs.
void choose_most_violated(std::vector<ViolatedRow>& violated, std::size_t count, std::vector<std::int32_t>& chosen);

/// For every limit the two rows that are violated most among those in which it has a large part: one of few limits, one
/// of many. Where rows are cheap and hundreds matter, so that every corner of the problem gets its own at once.
void choose_by_limits(const PackingRows& rows, std::span<const ViolatedRow> violated,
                      std::vector<std::int32_t>& chosen);

}  // namespace headroom
