#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "formulations/envelope/envelope_result.hpp"
#include "formulations/market/clearing_result.hpp"

namespace headroom {

/// What a refused order broke, and who did first.
struct RefusalCount {
    OrderRefusal rule = OrderRefusal::none;
    std::int64_t orders = 0;
    std::int32_t first = -1;  ///< row of /order
};

/// A row that has a price in some step of an auction.
struct PricedRow {
    std::int32_t row = -1;
    std::int64_t steps = 0;
    double highest = 0, sum = 0;  ///< currency per row unit of room
};

struct PriceRange {
    std::int64_t count = 0;  ///< customers and steps
    double lowest = 0, highest = 0;
};

/// What a clearing comes to; an item is one feeder in one step.
struct ClearingSummary {
    std::int64_t items = 0;
    std::array<std::int64_t, clearing_status_count> items_with{};  ///< by ClearingStatus
    std::int64_t unsafe_envelopes = 0;  ///< items whose limits before the market were not solved
    std::array<std::int64_t, order_status_count> orders_with{};  ///< by OrderStatus
    std::vector<RefusalCount> refusals;                          ///< by rule
    std::int64_t trades = 0;
    double bought_kwh = 0, sold_kwh = 0;
    double turnover = 0, welfare = 0, operator_surplus = 0;  ///< currency; turnover is what buyers pay
    std::int64_t checks = 0;
    double row_excess_worst = 0;  ///< kW

    bool auction = false;  ///< there were auctions; the rest is about these
    std::int64_t parts = 0, parts_certified = 0, parts_unique = 0;
    double gap_worst = 0;          ///< currency: bound less welfare of a part
    double certificate_worst = 0;  ///< currency: duality gap
    std::int64_t nodes = 0, iterations = 0;
    std::int64_t rejected_gain = 0, accepted_loss = 0;  ///< orders whose answer the prices do not support
    std::array<PriceRange, traded_limit_count> prices;  ///< by TradedLimit
    std::vector<PricedRow> rows;                        ///< the largest sums first

    /// Items that are cleared, or closed for no fault of theirs.
    bool all_cleared() const;
};

/// @param envelope_status  as in clearing files
/// @param start, end       [#step] UTC seconds
ClearingSummary summarise(const ClearingResult& result, std::span<const ItemStatus> envelope_status,
                          std::span<const std::int64_t> start, std::span<const std::int64_t> end);

/// Adds what another part of a region comes to, but for what counts rows and orders of that part: `rows` of the total
/// are none, the first refused order of a rule is nobody.
void add(ClearingSummary& total, const ClearingSummary& part);

}  // namespace headroom
