#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "formulations/market/feeder_market.hpp"
#include "formulations/market/order_book.hpp"
#include "formulations/market/trade.hpp"

namespace headroom {

struct ContinuousSettings {
    bool rescan = true;      ///< look at the resting book again after every trade
    bool network = true;     ///< false: as if there were none, for comparisons
    bool two_price = false;  ///< each side at its own price, the difference is the operator's; else the older order's
};

/// The continuous market of one feeder: orders arrive one by one and trade at once where price and network let them
/// (continuous_market.md). Deterministic: the same orders in the same order give the same trades, bit by bit.
class ContinuousMarket {
public:
    /// @param market, orders  must outlive it
    /// @param first, last     rows of /order of this feeder
    ContinuousMarket(const FeederMarket& market, const OrderColumns& orders, std::int32_t first, std::int32_t last,
                     const ContinuousSettings& settings = {});

    /// All orders of the feeder in order of arrival.
    void run();
    /// One order, whose time is now. A block arrives with the last of its orders.
    void submit(std::int32_t order);

    std::span<const Trade> trades() const { return trades_; }
    OrderOutcome outcome(std::int32_t order) const;
    double level(std::size_t step, std::int32_t position) const { return level_[place(step, position)]; }
    /// Scaled rest of the rows of a step, less what conditional trades keep. [rows.rest_size()]
    const double* rest_of(std::size_t step) const { return rest_.data() + step * market_.rows.rest_size(); }
    /// Pairs of orders that the network was asked about.
    std::int64_t check_count() const { return checks_; }

private:
    /// An order in one of its steps.
    struct Leg {
        std::int32_t order, step, position, customer;
        TradedLimit limit;
        OrderSide side;
        bool resting, linked, conditional;
        std::int32_t bundle;  ///< -1: trades by itself
        std::uint32_t age;
        double price, quantity, filled, min_fill;  ///< kW
        double aside;                              ///< kW of set_aside_ that are its own
        std::int64_t expiry;

        double remaining() const { return quantity - filled; }
        bool is_done() const { return remaining() < least_trade_kw; }
    };
    /// Legs that trade in full together or not at all: a block, or an all-or-none order in one of its steps.
    struct Bundle {
        std::vector<std::int32_t> legs;
        std::vector<std::int32_t> orders;
        bool resting = false;
        bool kill = false;  ///< fill or kill
    };
    struct Fill {
        std::int32_t buy, sell;  ///< legs
        double quantity, buy_before, sell_before;
    };
    /// The row that last stood between two positions in a step: asked first, it mostly still does.
    struct Blocked {
        std::uint64_t pair = ~std::uint64_t{0};
        std::int32_t row = -1;
    };
    static constexpr std::size_t blocked_size = std::size_t{1} << 15;

    std::size_t place(std::size_t step, std::int32_t position) const {
        return step * static_cast<std::size_t>(market_.rows.position_count()) + static_cast<std::size_t>(position);
    }
    std::size_t index(std::int32_t order) const { return static_cast<std::size_t>(order - first_); }
    Leg& leg(std::int32_t k) { return legs_[static_cast<std::size_t>(k)]; }
    const Leg& leg(std::int32_t k) const { return legs_[static_cast<std::size_t>(k)]; }
    Bundle& bundle(std::int32_t k) { return bundles_[static_cast<std::size_t>(k)]; }
    BookSide& book(std::int32_t step, TradedLimit limit, OrderSide side) {
        return book_[(static_cast<std::size_t>(step) * traded_limit_count + static_cast<std::size_t>(limit)) * 2
                     + static_cast<std::size_t>(side)];
    }
    double* rest_at(std::int32_t step) {
        return rest_.data() + static_cast<std::size_t>(step) * market_.rows.rest_size();
    }
    BookSide::Entry entry_of(std::int32_t k) const {
        return {BookSide::rank(leg(k).side, leg(k).price), leg(k).age, k};
    }

    void number_links();
    bool refuses(std::int32_t order);
    std::int32_t add_leg(std::int32_t order, std::int32_t step);
    std::int32_t add_bundle(bool kill);
    void join_bundle(std::int32_t bundle, std::int32_t order, std::int32_t leg);
    void submit_part_of_block(std::int32_t order);
    void arrive(std::int32_t k);
    void arrive_bundle(std::int32_t b);
    bool walk(std::int32_t k);
    bool meet_bundle(std::int32_t k, std::int32_t b);
    bool try_bundle(std::int32_t b);
    bool fill_leg(std::int32_t k);
    void take_groups(const Bundle& tried);
    bool may_fill(const Leg& need, const Leg& candidate) const;
    void keep_steps(const Bundle& tried);
    void undo();
    void rescan();
    bool scan_singles(std::int32_t step);
    bool scan_book(std::int32_t step, TradedLimit limit);
    bool scan_bundles();
    void drop_expired();
    void rest(std::int32_t k);
    void leave(std::int32_t k);
    void drop(std::int32_t k);
    void rest_bundle(std::int32_t b);
    void leave_bundle(std::int32_t b);
    bool same_group(std::int32_t a, std::int32_t b) const;
    double available(const Leg& l) const;
    double share_left(std::int32_t order) const;
    double accepted_share(std::int32_t order) const;
    double quantity_between(const Leg& a, const Leg& b);
    std::uint64_t pair_number(std::int32_t step, std::int32_t up, std::int32_t down) const;
    bool is_blocked(std::int32_t step, std::int32_t up, std::int32_t down);
    double network_room(std::int32_t step, std::int32_t up, std::int32_t down, double wanted);
    static bool accepts(const Leg& l, double quantity);
    Fill apply(std::int32_t a, std::int32_t b, double quantity);
    void use_group(const Leg& l, double quantity);
    void record(const Fill& fill);
    void settle_leg(std::int32_t k, double quantity);
    void touch(std::int32_t step);
    void touch_children(std::int32_t order);

    const FeederMarket& market_;
    const OrderColumns& orders_;
    std::int32_t first_, last_;
    ContinuousSettings settings_;
    std::vector<double> level_;      ///< [#step x #position] kW
    std::vector<double> set_aside_;  ///< the same: resting orders that would lower the position
    LaneArray rest_;                 ///< [#step][rest_size]
    std::vector<BookSide> book_;     ///< [#step x #limit x 2]
    std::vector<Leg> legs_;
    std::vector<Bundle> bundles_;
    std::vector<std::vector<std::int32_t>> bundles_of_step_;  ///< [#step] resting, in order of arrival
    std::vector<std::int32_t> first_leg_;                     ///< [#order] -1: none yet
    std::vector<OrderOutcome> outcome_;                       ///< [#order]
    std::vector<std::int32_t> block_of_, group_of_;           ///< [#order] numbered from 0; -1: none
    std::vector<std::vector<std::int32_t>> children_;         ///< [#order]
    struct Block {
        std::int32_t missing = 0, bundle = -1;
        bool refused = false;
    };
    std::vector<Block> blocks_;
    std::vector<double> group_used_;  ///< [#exclusive group] sum of the accepted shares of its members
    std::vector<Blocked> blocked_;
    std::vector<std::pair<std::int64_t, std::int32_t>> expiring_;  ///< heap of (time, leg), soonest first
    std::vector<Fill> fills_;                                      ///< of the bundle that is tried
    std::vector<std::int32_t> kept_step_;  ///< before it was tried: steps, rests, levels, groups
    LaneArray kept_rest_;
    std::vector<double> kept_level_, kept_group_;
    std::vector<std::int32_t> touched_, candidates_;
    std::vector<Trade> trades_;
    std::int64_t now_ = 0, checks_ = 0;
    std::uint32_t age_ = 0;
};

}  // namespace headroom
