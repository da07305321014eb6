#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <tuple>

#include "formulations/network/order_columns.hpp"

namespace headroom {

/// What customers buy and sell of a limit in a step of an auction. What both sides have in common a customer trades
/// with itself, whatever its orders: it is no trade with others, and costs and earns nothing (auction.md).
class OwnTrades {
public:
    void add(std::int32_t step, std::int32_t customer, TradedLimit limit, OrderSide side, double quantity) {
        turned_[{step, customer, limit}][side_of(side)] += quantity;
    }
    /// Share of what the customer's orders on this side have traded that it has not traded with itself, in [0, 1].
    double share_with_others(std::int32_t step, std::int32_t customer, TradedLimit limit, OrderSide side) const {
        const std::array<double, 2>& turned = turned_.at({step, customer, limit});
        const double own = std::min(turned[0], turned[1]);
        return own > 0 ? 1 - own / turned[side_of(side)] : 1.0;
    }

private:
    static std::size_t side_of(OrderSide side) { return side == OrderSide::buy ? 0 : 1; }

    std::map<std::tuple<std::int32_t, std::int32_t, TradedLimit>, std::array<double, 2>> turned_;
};

}  // namespace headroom
