#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace headroom {

enum class OrderSide : std::int8_t { buy = 0, sell = 1 };

/// What an order is about. The first four are limits of an envelope: who buys gets a larger one, who sells keeps a
/// smaller one. The last two are changes of the set-point itself: the seller of `up` injects more and its buyer less,
/// `down` the other way round.
enum class TradedLimit : std::int8_t {
    export_power = 0,
    import_power = 1,
    q_inject = 2,
    q_absorb = 3,
    up = 4,
    down = 5
};

inline bool is_set_point(TradedLimit limit) { return limit == TradedLimit::up || limit == TradedLimit::down; }

enum class TimeInForce : std::int8_t { good_till_expiry = 0, immediate_or_cancel = 1, fill_or_kill = 2 };

/// Orders, row by row; those of feeder f are the rows [order_offset[f], order_offset[f + 1]) of FeederColumns. Orders
/// arrive by `arrival`, then by row.
///
/// An order over several steps stands in each of them by itself, unless it is part of a block: then every step of every
/// order of the block is a leg, and all legs trade in full or none does.
struct OrderColumns {
    static constexpr std::int32_t none = -1;
    static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

    std::vector<std::string> id;         ///< unique within its feeder
    std::vector<std::int32_t> customer;  ///< row of /customer, of the same feeder
    std::vector<OrderSide> side;
    std::vector<TradedLimit> limit;
    std::vector<std::int32_t> first_step, last_step;  ///< of the series that is cleared, both included
    std::vector<double> quantity;                     ///< W (V A for reactive limits), > 0
    std::vector<double> price;                        ///< currency per MWh (per Mvarh), any sign
    std::vector<std::int64_t> arrival;                ///< microseconds since 1970-01-01 UTC
    std::vector<std::int64_t> expiry;                 ///< the same: no trade at or after it; never: stays
    std::vector<double> min_fill;                     ///< W, of each fill but the one that takes the rest; 0: none
    std::vector<std::uint8_t> all_or_none;            ///< 1: its whole quantity in one trade instant, or nothing
    std::vector<TimeInForce> time_in_force;
    std::vector<std::int32_t> block;            ///< orders of a feeder with the same number >= 0 are one block
    std::vector<std::int32_t> exclusive_group;  ///< the same: accepted shares of the group's members sum to <= 1
    std::vector<std::int32_t> parent;           ///< row of /order of the same feeder: the accepted share is at most its
    std::vector<std::uint8_t> conditional;      ///< 1: of a buyer of up or down: room is kept for it, nothing moves yet

    std::size_t size() const { return id.size(); }
    /// Whether order k trades in full or not at all: as a leg of a block, or by itself in each of its steps.
    bool is_whole(std::size_t k) const {
        return block[k] >= 0 || all_or_none[k] != 0 || time_in_force[k] == TimeInForce::fill_or_kill;
    }
    /// Whether any part of its quantity may trade, whatever becomes of other orders.
    bool may_be_parted(std::size_t k) const {
        return !is_whole(k) && min_fill[k] <= 0 && exclusive_group[k] < 0 && parent[k] < 0;
    }
};

}  // namespace headroom
