// Random markets on random unbalanced feeders: the continuous market against its plain words, and against all corners.

#include <gtest/gtest.h>

#include <cmath>
#include <ostream>

#include "formulations/market/continuous_market.hpp"
#include "tests/support/market_case.hpp"
#include "tests/support/plain_margin.hpp"
#include "tests/support/plain_market.hpp"
#include "tests/support/random_feeder.hpp"

namespace headroom::test {
namespace {

struct Kind {
    const char* name;
    RandomOrders orders;
    unsigned markets;
    bool rescan = true;
};

void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }

class RandomMarkets : public testing::TestWithParam<Kind> {};

constexpr RandomFeederOptions feeder{.buses = 10, .active = 6};

Region random_market(unsigned seed, const RandomOrders& orders) {
    Region region = random_feeder(seed, feeder);
    add_random_orders(region, seed, orders);
    return region;
}

void expect_same_trades(std::span<const Trade> trades, const std::vector<Trade>& plain, unsigned seed) {
    ASSERT_EQ(trades.size(), plain.size()) << "seed " << seed;
    for (std::size_t k = 0; k < plain.size(); ++k) {
        EXPECT_EQ(trades[k].buy, plain[k].buy) << "seed " << seed << " trade " << k;
        EXPECT_EQ(trades[k].sell, plain[k].sell) << "seed " << seed << " trade " << k;
        EXPECT_EQ(trades[k].step, plain[k].step) << "seed " << seed << " trade " << k;
        EXPECT_NEAR(trades[k].quantity, plain[k].quantity, 1e-9) << "seed " << seed << " trade " << k;
        EXPECT_EQ(trades[k].buy_price, plain[k].buy_price) << "seed " << seed << " trade " << k;
        EXPECT_EQ(trades[k].time, plain[k].time) << "seed " << seed << " trade " << k;
    }
}

TEST_P(RandomMarkets, TradeAsThePlainWordsSay) {
    std::size_t trades = 0;
    for (unsigned seed = 0; seed < GetParam().markets; ++seed) {
        const Region region = random_market(seed, GetParam().orders);
        const MarketCase market_case(region, {});
        const ContinuousMarket market = market_case.cleared({.rescan = GetParam().rescan});
        PlainMarket plain(region, market_case, GetParam().rescan);
        plain.run();
        expect_same_trades(market.trades(), plain.trades(), seed);
        EXPECT_LE(plain.worst_excess(), 1e-8) << "seed " << seed;
        trades += market.trades().size();
        if (HasFailure()) break;
    }
    EXPECT_GT(trades, GetParam().markets);
}

INSTANTIATE_TEST_SUITE_P(
    Orders, RandomMarkets,
    testing::Values(
        Kind{"Divisible", {}, 60}, Kind{"WithoutRescan", {}, 30, false}, Kind{"Passing", {.passing = true}, 60},
        Kind{"Whole", {.whole = true}, 100}, Kind{"Linked", {.linked = true}, 60},
        Kind{"OfAllKinds", {.count = 200, .whole = true, .linked = true, .passing = true}, 120},
        Kind{"WithManyWordsEach", {.count = 250, .whole = true, .linked = true, .passing = true, .mixed = true}, 200}),
    [](const auto& shape) { return shape.param.name; });

/// Smallest margin over all corners of the box of one step.
double worst_corner(const Region& region, const FeederMarket& market, std::size_t step,
                    const std::vector<double>& level) {
    const std::size_t n = region.customer_count();
    std::vector<double> p(region.series[0].p_forecast.begin() + static_cast<std::ptrdiff_t>(step * n),
                          region.series[0].p_forecast.begin() + static_cast<std::ptrdiff_t>((step + 1) * n)),
        q(region.series[0].q_forecast.begin() + static_cast<std::ptrdiff_t>(step * n),
          region.series[0].q_forecast.begin() + static_cast<std::ptrdiff_t>((step + 1) * n));
    std::vector<std::int32_t> active;
    for (std::size_t k = 0; k < n; ++k)
        if (region.customer.active[k] != 0) active.push_back(static_cast<std::int32_t>(k));
    double worst = std::numeric_limits<double>::infinity();
    for (std::size_t corner = 0; corner < std::size_t{1} << active.size(); ++corner) {
        for (std::size_t k = 0; k < active.size(); ++k) {
            const bool exports = (corner >> k & 1) != 0;
            const std::int32_t position =
                market.position_of(active[k], exports ? TradedLimit::export_power : TradedLimit::import_power);
            const double limit = 1e3 * level[static_cast<std::size_t>(position)];
            p[static_cast<std::size_t>(active[k])] = exports ? limit : -limit;
        }
        worst = std::min(worst, plain_margin(region, step, p, q));
    }
    return worst;
}

TEST(RandomMarkets, KeepEveryCornerSecureAfterEveryTrade) {
    int trades = 0;
    for (unsigned seed = 0; seed < 40; ++seed) {
        const Region region = random_market(seed, {.whole = true});
        const MarketCase market_case(region, {});
        const FeederMarket& market = market_case.market();
        const ContinuousMarket cleared = market_case.cleared();
        const auto positions = static_cast<std::size_t>(market.rows.position_count());
        std::vector<std::vector<double>> level(market.step_count, std::vector<double>(positions));
        for (std::size_t step = 0; step < market.step_count; ++step)
            for (std::size_t p = 0; p < positions; ++p)
                level[step][p] = market.at(step, static_cast<std::int32_t>(p)).level;
        for (const Trade& trade : cleared.trades()) {
            const auto step = static_cast<std::size_t>(trade.step);
            const auto at = [&](std::int32_t order) {
                return static_cast<std::size_t>(
                    market.position_of(region.order.customer[static_cast<std::size_t>(order)], trade.limit));
            };
            level[step][at(trade.buy)] += trade.quantity;
            level[step][at(trade.sell)] -= trade.quantity;
            EXPECT_GE(worst_corner(region, market, step, level[step]), -1e-8) << "seed " << seed;
            ++trades;
        }
    }
    EXPECT_GT(trades, 100);
}

TEST(LimitsOnTopOfTheForecast, AreTradedUpToWhatItLeavesOfTheConnection) {
    std::size_t narrowed = 0;
    for (unsigned seed = 0; seed < 10; ++seed) {
        const Region region = random_market(seed, {});
        const SeriesSet& series = region.series.front();
        AllocationQuestion question;
        question.basis = Basis::added;
        question.contain = Contain::zero;
        const FeederAllocation allocation(region, 0, series, question);
        const EnvelopeResult envelopes = allocate(region, series, question, {""}, {});
        const FeederMarket market = limit_market(region, series, allocation, envelopes);
        ContinuousMarket cleared(market, region.order, 0, static_cast<std::int32_t>(region.order_count()), {});
        cleared.run();
        for (std::size_t step = 0; step < market.step_count; ++step)
            for (int p = 0; p < market.rows.position_count(); ++p) {
                const LimitColumn& column = allocation.rows().columns()[static_cast<std::size_t>(p)];
                if (is_reactive(column.kind)) continue;
                const auto customer =
                    static_cast<std::size_t>(allocation.rows().active()[static_cast<std::size_t>(column.active)]);
                const bool exports = column.kind == LimitKind::export_power;
                const double forecast = series.p_forecast[step * region.customer_count() + customer] / 1000;
                const double cap = (exports ? region.customer.export_cap : region.customer.import_cap)[customer] / 1000;
                const double left = std::max(cap - (exports ? forecast : -forecast), 0.0);
                EXPECT_LE(cleared.level(step, p), left + 1e-9) << "seed " << seed;
                narrowed += left < cap;
            }
    }
    EXPECT_GT(narrowed, 0U);
}

}  // namespace
}  // namespace headroom::test
