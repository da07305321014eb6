#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "formulations/market/clear_market.hpp"

namespace headroom {

inline constexpr double rounding_of_trades_kw = 1e-6;  ///< of sums of trades against what is stored

/// Rules of orders that trades break: sides, steps, quantities, prices, ages, smallest fills, all or none, blocks,
/// groups and parents. Judged from the trades alone.
/// @param trades       of one feeder, in the order in which they came about
/// @param first, last  rows of /order of the feeder
std::vector<std::string> order_rule_faults(const Region& region, const ClearingQuestion& question,
                                           std::span<const Trade> trades, std::int32_t first, std::int32_t last);

}  // namespace headroom
