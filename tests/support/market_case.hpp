#pragma once

#include <string>

#include "formulations/envelope/allocation.hpp"
#include "formulations/envelope/feeder_allocation.hpp"
#include "formulations/market/continuous_market.hpp"
#include "formulations/market/feeder_market.hpp"
#include "formulations/network/region.hpp"

namespace headroom::test {

/// An order as a person would say it.
struct PlainOrder {
    std::string customer;
    OrderSide side = OrderSide::buy;
    TradedLimit limit = TradedLimit::export_power;
    double kw = 1, price = 0;                     ///< EUR per MWh
    std::int32_t first_step = 0, last_step = -1;  ///< -1: the first one
    std::int64_t expiry = OrderColumns::never;
    double min_fill_kw = 0;
    bool all_or_none = false;
    TimeInForce time_in_force = TimeInForce::good_till_expiry;
    std::int32_t block = -1, exclusive_group = -1, parent = -1;
    bool conditional = false;
};

/// Appends to the orders of a region with one feeder: it arrives after those before. @return its row
std::int32_t add_order(Region& region, const PlainOrder& order);

struct RandomOrders {
    int count = 150;
    bool whole = false;    ///< all-or-none, fill-or-kill, smallest fills, blocks over steps
    bool linked = false;   ///< exclusive groups, parents
    bool passing = false;  ///< immediate-or-cancel, expiry
    bool mixed = false;    ///< any of these words together
};

/// Orders of active customers on export and import limits of the region's steps, at few prices so that ties are common.
void add_random_orders(Region& region, unsigned seed, const RandomOrders& kinds);

/// Case S1 of the limit exchange: c1, c2 at bus 1; c3, c4 at 2; c5, c6 at 3; c7, c8 at 4; dc, caps 10 and 12 kW, and a
/// passive injection at bus 2.
Region laminar_region(double passive_kw, std::size_t steps = 1);

/// Case S1-M: S1 with -2 kW and the eight orders of its exchange of export limits.
Region exchange_of_upper_limits();

/// A region's only feeder, allocated and brought to the market.
class MarketCase {
public:
    /// @param region  must outlive it
    MarketCase(const Region& region, const AllocationQuestion& question);

    const FeederMarket& market() const { return market_; }
    const EnvelopeResult& envelopes() const { return envelopes_; }
    const FeederAllocation& allocation() const { return allocation_; }
    std::int32_t order_count() const { return static_cast<std::int32_t>(region_.order_count()); }
    /// A market in which every order has arrived.
    ContinuousMarket cleared(const ContinuousSettings& settings = {}) const;
    double welfare(const ContinuousMarket& cleared) const;  ///< of its trades, by the orders' prices

private:
    const Region& region_;
    FeederAllocation allocation_;
    EnvelopeResult envelopes_;
    FeederMarket market_;
};

}  // namespace headroom::test
