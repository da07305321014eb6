#pragma once

#include <vector>

#include "formulations/market/continuous_market.hpp"
#include "tests/support/market_case.hpp"

namespace headroom::test {

/// The words of continuous_market.md in the plainest way: every candidate list sorted anew, every rest of every row
/// summed up anew from the limits as they stand. Judges ContinuousMarket; shares nothing with it but the rows.
class PlainMarket {
public:
    PlainMarket(const Region& region, const MarketCase& market_case, bool rescan = true);

    void run();  ///< all orders in order of their rows
    const std::vector<Trade>& trades() const { return trades_; }
    double level(std::size_t step, std::int32_t position) const;
    /// Largest excess over a row, floor or cap after any of the trades, kW.
    double worst_excess() const { return worst_excess_; }

private:
    struct Part {
        std::int32_t order, step;
        double remaining;
        int bundle, age;
        bool resting;
    };

    bool refused(std::int32_t order) const;
    std::vector<int> candidates(const Part& part) const;
    double room(int a, int b) const;
    double allowed(int a, int b) const;
    void trade(int a, int b, double quantity);
    bool walk(int part);
    bool fill_whole(int bundle);
    void rescan();
    bool pair_trades();
    bool bundle_trades();
    void check_security();
    double share(std::int32_t order) const;
    double available(const Part& part) const;
    bool is_whole(std::int32_t order) const;
    bool is_tried(std::int32_t order) const;
    bool expired(const Part& part) const;
    int position(const Part& part) const;

    const Region& region_;
    const FeederMarket& market_;
    bool rescan_;
    std::vector<std::vector<double>> level_;  ///< [#step][#position]
    std::vector<Part> parts_;
    std::vector<std::vector<int>> bundles_;
    std::vector<Trade> trades_;
    std::vector<int> touched_;
    std::int64_t now_ = 0;
    int tried_ = -1;  ///< bundle whose legs are being filled
    double worst_excess_ = -1e9;
};

}  // namespace headroom::test
