#pragma once

#include <cstddef>
#include <cstdint>

#include "formulations/network/order_columns.hpp"

namespace headroom {

/// What changes hands in one step. An auction has no pairs: there every accepted order is a trade with the operator,
/// `buy` or `sell` is -1.
struct Trade {
    std::int64_t time = 0;  ///< microseconds: arrival of the order that set it off
    std::int32_t step = 0;
    TradedLimit limit = TradedLimit::export_power;
    std::int32_t buy = -1, sell = -1;      ///< rows of /order
    double quantity = 0;                   ///< kW
    double buy_price = 0, sell_price = 0;  ///< currency per MWh: what the buyer pays, what the seller gets
};

/// What became of an order.
enum class OrderStatus : std::int8_t {
    open = 0,       ///< rests in the book, whole or in part
    filled = 1,     ///< nothing is left of it
    cancelled = 2,  ///< what was not filled at once is gone (immediate or cancel, fill or kill)
    expired = 3,
    refused = 4,        ///< broke a rule at the door: OrderRefusal
    rejected = 5,       ///< auction: not accepted
    partly_filled = 6,  ///< auction: accepted in part, or in some of its steps
    curtailed = 7,      ///< traded, and taken back in whole or in part: the AC power flow or a check refused it
};

inline constexpr std::size_t order_status_count = 8;

/// The rule that a refused order broke.
enum class OrderRefusal : std::int8_t {
    none = 0,
    step_closed = 1,      ///< a step without published limits
    not_in_market = 2,    ///< the customer holds no such limit in this market
    beyond_envelope = 3,  ///< a seller must keep its committed forecast, other orders of its own set aside
    beyond_cap = 4,       ///< a buyer must stay within its connection cap
    block_refused = 5,    ///< another order of its block was refused
    conditional = 6,      ///< auctions know no room kept for later
};

struct OrderOutcome {
    OrderStatus status = OrderStatus::open;
    OrderRefusal refusal = OrderRefusal::none;
    std::int32_t refused_step = -1;
    double accepted = 0;  ///< kW, mean over the order's steps
};

}  // namespace headroom
