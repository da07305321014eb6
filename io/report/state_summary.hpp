#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "formulations/state/state_result.hpp"

namespace headroom {

/// A value that is the most of its kind, and where and when.
struct StateExtreme {
    double value;      ///< p.u., or share of a rating
    std::int32_t row;  ///< of StateResult::rows
    std::size_t step, feeder;
};

struct StateSummary {
    std::int64_t items = 0, solved = 0, diverged = 0;
    std::optional<StateExtreme> lowest, highest, fullest;  ///< of equals the earliest; none: nothing of that kind
    double drawn_kwh = 0, fed_back_kwh = 0, loss_kwh = 0;  ///< out of the sources, into them, in the networks
    std::int64_t items_outside_band = 0, items_over_rating = 0;
    std::int64_t idle_customers = 0;
    std::vector<std::size_t> diverged_items;  ///< in the order of items

    bool all_solved() const { return solved == items; }
};

/// @param start, end  [#step] UTC seconds
StateSummary summarise(const StateResult& result, std::span<const std::int64_t> start,
                       std::span<const std::int64_t> end);

}  // namespace headroom
