#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "formulations/market/feeder_market.hpp"

namespace headroom {

/// What limits are worth to those who hold them, where everybody wants its forecast: sums over steps.
struct MarketMeasures {
    double available_kwh = 0, curtailed_kwh = 0;  ///< forecast export, and what of it passes the export limit
    double demand_kwh = 0, unserved_kwh = 0;      ///< forecast import, and what of it passes the import limit
    double welfare = 0;                           ///< currency, by the orders' prices
    double traded_kwh = 0;
    std::int64_t trades = 0, checks = 0;
    double fullest_row_sum = 0;  ///< over steps: share of its room that the fullest row uses while this is dispatched
    double fullest_row_max = 0;
    double jain_sum = 0;  ///< over steps: Jain index of all limits
    std::int64_t steps = 0;

    void add(const MarketMeasures& other);
};

/// Forecasts of the active customers and the rows' whole room, as limits of a market see them.
class DispatchModel {
public:
    /// @param forecast  [#step x #customer of the feeder] W, injections
    DispatchModel(const FeederMarket& market, std::vector<double> forecast);

    /// Measures of one step under limits. @param level  [#position] kW
    MarketMeasures measure(std::size_t step, std::span<const double> level) const;
    /// The same where an operator dispatches points instead of giving limits: the least curtailed and unserved energy
    /// that the rows allow. Jain index 0: there are no limits.
    MarketMeasures central(std::size_t step) const;

private:
    struct Trader {
        std::size_t customer;                     ///< of the feeder
        std::int32_t exports = -1, imports = -1;  ///< positions
    };
    double forecast_kw(std::size_t step, const Trader& trader) const;
    MarketMeasures served(std::size_t step, std::span<const double> dispatch) const;
    void find_room(std::size_t step, std::vector<double>& room) const;

    const FeederMarket& market_;
    std::vector<double> forecast_;
    std::size_t customers_;
    std::vector<Trader> traders_;
};

}  // namespace headroom
