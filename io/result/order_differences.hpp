#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "formulations/network/region.hpp"

namespace headroom {

/// The orders that a clearing should be of, feeder by feeder as in the region that was cleared.
struct GivenOrders {
    OrderColumns order;
    std::vector<std::int64_t> offset;               ///< [#feeder + 1]
    std::string source;                             ///< "the case", or the name of a table
    std::function<std::string(std::size_t)> place;  ///< where an order stands: the same, or "orders.csv:7"
};

/// What tells the orders of a clearing from those it should be of, each with order and column; empty: nothing does.
/// Orders are found by id in their feeder. Numbers are compared bit for bit: they went through the same reader.
/// @param cleared  with the orders of the clearing, and as many feeders as `given`
std::vector<std::string> order_differences(const Region& cleared, const GivenOrders& given);

}  // namespace headroom
