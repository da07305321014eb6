#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "formulations/market/market_rows.hpp"
#include "formulations/network/order_columns.hpp"
#include "formulations/network/region.hpp"

namespace headroom {

inline constexpr double least_trade_kw = 1e-5;     ///< smaller quantities are nothing
inline constexpr double quantity_rounding = 1e-9;  ///< kW, of sums that are compared with a limit
inline constexpr int traded_limit_count = 6;

/// Whether an order adds to its position: the buyer of a limit gets a larger one; the seller of `up` and the buyer of
/// `down` inject more.
inline bool raises(TradedLimit limit, OrderSide side) {
    return limit == TradedLimit::up ? side == OrderSide::sell : side == OrderSide::buy;
}

/// What one feeder brings to a market: positions, what holds them, and where they stand before the first trade. All in
/// kW (kvar).
struct FeederMarket {
    /// A position in a step.
    struct Place {
        double level;  ///< before trading: the limit of the envelope, or the set-point
        double floor;  ///< the committed forecast, or minus the import cap
        double cap;    ///< the connection cap
    };

    MarketRows rows;
    std::vector<RowName> row_name;                  ///< [#row] but for those of ac_rows.hpp
    std::vector<std::vector<RowName>> ac_row_name;  ///< [#step] of the rows behind these; empty: there are none
    std::vector<MarketRows> step_rows;              ///< where not all steps have the same, else empty; as many rows
    std::vector<std::size_t> row_set;               ///< [#step] which of them
    std::size_t step_count = 0;
    std::vector<char> open;     ///< [#step] 1: there are envelopes to trade
    std::vector<double> hours;  ///< [#step] duration
    std::vector<Place> place;   ///< [#step x #position]
    LaneArray rest;             ///< [#step][rows.rest_size()] scaled: what the levels leave of the rows
    /// [#customer of the feeder x traded_limit_count] position, -1: the customer has no such thing
    std::vector<std::int32_t> position;
    std::int64_t first_customer = 0;  ///< row of /customer of the feeder's first one

    std::int32_t position_of(std::int32_t customer, TradedLimit limit) const {
        return position[static_cast<std::size_t>(customer - first_customer) * traded_limit_count
                        + static_cast<std::size_t>(limit)];
    }
    const Place& at(std::size_t step, std::int32_t p) const {
        return place[step * static_cast<std::size_t>(rows.position_count()) + static_cast<std::size_t>(p)];
    }
    std::vector<double> levels() const;                  ///< [#step x #position] kW, before trading
    std::vector<double> levels(std::size_t step) const;  ///< [#position]
    RowName name_of(std::size_t step, std::int32_t row) const {
        const auto r = static_cast<std::size_t>(row);
        return r < row_name.size() ? row_name[r] : ac_row_name[step][r - row_name.size()];
    }
    const MarketRows& rows_of(std::size_t step) const { return step_rows.empty() ? rows : step_rows[row_set[step]]; }
    const double* rest_of(std::size_t step) const { return rest.data() + step * rows.rest_size(); }
};

/// Largest excess of levels over a row (in kW of its most sensitive position), a cap or a floor, in sums made anew;
/// rows that were violated before may stay as they were. Not above 0: inside.
/// @param level  [#position] kW
double level_excess(const FeederMarket& market, std::size_t step, std::span<const double> level, bool with_rows);

class FeederAllocation;
struct AllocationQuestion;
struct EnvelopeResult;

/// What positions of a feeder are and begin with in all steps of a series. Where the series moves the feeder's taps its
/// rows are those of the first step, and the market has others.
/// @throws InvalidFeeder
FeederAllocation market_allocation(const Region& region, std::size_t feeder, const SeriesSet& series,
                                   const AllocationQuestion& question);

/// Positions are the limits of published envelopes. Steps without are closed, and those of linearised_ac without rows.
/// Rows, committed forecasts and caps are those of the allocation's question, which must be that of the envelopes.
/// @param allocation  market_allocation()
/// @param ac_worst  [#step x #limit of the feeder] V or V A: worst AC values under the envelopes, in whose place rows
///                  have their linear ones: what a row leaves is then what AC leaves, its coefficients are linear. NaN:
///                  not known. Empty: linear rows as they are
FeederMarket limit_market(const Region& region, const SeriesSet& series, const FeederAllocation& allocation,
                          const EnvelopeResult& envelopes, std::span<const double> ac_worst = {});

/// Positions are the injections of active customers, from their forecast. Precondition: the allocation asks for
/// Basis::added, so that its rows begin there. Steps of linearised_ac without rows are closed.
FeederMarket set_point_market(const Region& region, const SeriesSet& series, const FeederAllocation& allocation);

}  // namespace headroom
