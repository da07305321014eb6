// The continuous market of limits: published trades, the words of continuous_market.md, and what must hold of every
// market.

#include "formulations/market/continuous_market.hpp"

#include <gtest/gtest.h>

#include <array>

#include "tests/support/feeder_builder.hpp"
#include "tests/support/market_case.hpp"

namespace headroom::test {
namespace {

constexpr AllocationQuestion dc{.flow = FlowModel::dc};
constexpr OrderSide buy = OrderSide::buy, sell = OrderSide::sell;

struct Expected {
    std::int32_t sell, buy;
    double kw, price;
};

void expect_trades(const ContinuousMarket& market, const std::vector<Expected>& expected) {
    ASSERT_EQ(market.trades().size(), expected.size());
    for (std::size_t k = 0; k < expected.size(); ++k) {
        const Trade& trade = market.trades()[k];
        EXPECT_EQ(trade.sell, expected[k].sell) << "trade " << k;
        EXPECT_EQ(trade.buy, expected[k].buy) << "trade " << k;
        EXPECT_NEAR(trade.quantity, expected[k].kw, 1e-9) << "trade " << k;
        EXPECT_NEAR(trade.buy_price, expected[k].price, 1e-12) << "trade " << k;
        EXPECT_EQ(trade.sell_price, trade.buy_price) << "trade " << k;
    }
}

TEST(ContinuousMarket, GivesTheFiveTradesOfTheGoldenCase) {
    const Region region = exchange_of_upper_limits();
    const MarketCase laminar(region, dc);
    const ContinuousMarket market = laminar.cleared();

    expect_trades(market, {{1, 0, 1.0, 25}, {1, 3, 2.0, 20}, {5, 4, 2.0, 50}, {7, 3, 1.0, 80}, {7, 6, 1.0, 40}});
    EXPECT_NEAR(laminar.welfare(market), 0.255, 1e-12);
    constexpr std::array<double, 8> final_kw{6, 6, 4, 8, 7, 1, 7, 3};
    for (std::int32_t c = 0; c < 8; ++c)
        EXPECT_NEAR(market.level(0, c), final_kw[static_cast<std::size_t>(c)], 1e-9) << "c" << c + 1;
    EXPECT_EQ(market.outcome(2).status, OrderStatus::open)
        << "outside every full line, the cheapest seller never trades";
    EXPECT_NEAR(market.outcome(6).accepted, 1.0, 1e-12);
}

// The flexibility market of the 15-bus case: conditional requests keep room and move nothing.
Region conditional_requests() {
    FeederBuilder builder(230.0);
    const PhaseImpedance some = PhaseImpedance::uncoupled(1e-4, 1e-4);
    struct Line {
        const char *from, *to;
        double mw;
    };
    for (const Line& line : {Line{"n1", "n2", 1.3},
                             {"n2", "n3", 0.8},
                             {"n3", "n4", 0.4},
                             {"n4", "n5", 0.1},
                             {"n2", "n9", 0.2},
                             {"n9", "n10", 0.1},
                             {"n2", "n6", 0.4},
                             {"n6", "n7", 0.2},
                             {"n6", "n8", 0.1},
                             {"n3", "n11", 0.3},
                             {"n11", "n12", 0.2},
                             {"n12", "n13", 0.1},
                             {"n4", "n14", 0.1},
                             {"n4", "n15", 0.2}}) {
        builder.bus(line.to, "abc", 230.0);
        builder.line(std::string(line.from) == "n1" ? "slack" : line.from, line.to, "abc", some, 1.0, not_given,
                     line.mw * 1e6);
    }
    constexpr double injection[] = {-0.04, -0.07, -0.14, -0.04, -0.14, -0.14, -0.07,
                                    -0.07, -0.04, -0.14, -0.07, -0.04, -0.07, -0.14};
    for (int n = 2; n <= 15; ++n) {
        const std::string name = "n" + std::to_string(n);
        builder.active(name, name, "abc", 10e6, 10e6);
        builder.active(name + " offers", name, "abc", 10e6, 10e6);  // nobody trades with itself
        builder.inject(name, injection[n - 2] * 1e6);
    }
    Region region = builder.build();
    const auto order = [&](OrderSide side, const char* bus, TradedLimit direction, double mw, double price,
                           bool conditional) {
        add_order(region, {.customer = std::string(bus) + (side == sell ? " offers" : ""),
                           .side = side,
                           .limit = direction,
                           .kw = mw * 1e3,
                           .price = price,
                           .conditional = conditional});
    };
    constexpr TradedLimit up = TradedLimit::up, down = TradedLimit::down;
    order(buy, "n4", down, 0.01, 44, true);
    order(buy, "n13", up, 0.03, 42, false);
    order(buy, "n10", down, 0.02, 41, true);
    order(buy, "n15", up, 0.02, 41, true);
    order(buy, "n5", down, 0.01, 40, false);
    order(buy, "n10", up, 0.03, 37, true);
    order(sell, "n14", up, 0.03, 35, false);
    order(sell, "n13", down, 0.04, 40, false);
    order(sell, "n12", down, 0.03, 39, false);
    order(sell, "n15", up, 0.02, 32, false);
    order(sell, "n8", down, 0.04, 33, false);
    order(sell, "n6", down, 0.02, 36, false);
    order(sell, "n12", down, 0.05, 31, false);
    order(sell, "n13", down, 0.01, 34, false);
    order(sell, "n9", down, 0.01, 34, false);
    order(sell, "n13", down, 0.01, 32, false);
    order(sell, "n3", down, 0.03, 40, false);
    order(sell, "n7", up, 0.04, 31, false);
    return region;
}

TEST(ContinuousMarket, KeepsRoomForConditionalRequestsAsPublished) {
    const Region region = conditional_requests();
    const MarketCase flexibility(region, {.flow = FlowModel::dc, .basis = Basis::added});
    const ContinuousMarket market = flexibility.cleared();

    constexpr std::int32_t offer = 6;
    expect_trades(market, {{offer + 0, 1, 30, 42},
                           {offer + 1, 0, 10, 44},
                           {offer + 1, 2, 10, 41},
                           {offer + 3, 3, 20, 41},
                           {offer + 4, 2, 10, 41},
                           {offer + 4, 4, 10, 40},
                           {offer + 11, 5, 30, 37}});
    EXPECT_NEAR(flexibility.welfare(market), 0.77, 1e-9);
}

}  // namespace
}  // namespace headroom::test
