// The continuous market of limits: published trades, the words of continuous_market.md, and what must hold of every
// market.

#include "formulations/market/continuous_market.hpp"

#include <gtest/gtest.h>

#include <array>
#include <functional>

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

// Two customers at one bus that hold 10 kW of import each, all that their branch carries; caps of 14 kW.
Region two_neighbours(std::size_t steps = 1) {
    FeederBuilder builder(230.0);
    builder.bus("bus", "abc", 230.0);
    builder.line("slack", "bus", "abc", PhaseImpedance::uncoupled(0.1, 0.1), 1.0, not_given, 20e3);
    builder.active("car", "bus", "abc", 14e3, 14e3);
    builder.active("neighbour", "bus", "abc", 14e3, 14e3);
    return builder.build(steps);
}
PlainOrder buys_import(double kw, double price) {
    return {.customer = "car", .side = buy, .limit = TradedLimit::import_power, .kw = kw, .price = price};
}
PlainOrder sells_import(double kw, double price) {
    return {.customer = "neighbour", .side = sell, .limit = TradedLimit::import_power, .kw = kw, .price = price};
}
constexpr std::int32_t car_import = 2, neighbour_import = 3;

TEST(ContinuousMarket, LetsACarChargeWithTheRoomOfItsNeighbour) {
    Region region = two_neighbours();
    add_order(region, buys_import(2, 100));
    add_order(region, sells_import(2, 30));
    const MarketCase market_case(region, dc);
    const ContinuousMarket market = market_case.cleared();

    expect_trades(market, {{1, 0, 2, 100}});
    EXPECT_NEAR(market.level(0, car_import), 12, 1e-9) << "12 kW wanted, 10 held";
    EXPECT_NEAR(market.level(0, neighbour_import), 8, 1e-9);
}

TEST(ContinuousMarket, ServesTheBestPriceFirstAndAmongEqualsTheOldest) {
    Region region = two_neighbours();
    add_order(region, sells_import(1, 30));
    add_order(region, sells_import(1, 20));
    add_order(region, sells_import(1, 20));
    add_order(region, buys_import(2.5, 100));
    const MarketCase market_case(region, dc);
    expect_trades(market_case.cleared(), {{1, 3, 1, 20}, {2, 3, 1, 20}, {0, 3, 0.5, 30}});
}

TEST(ContinuousMarket, GivesTheOperatorTheSpreadWithTwoPrices) {
    Region region = two_neighbours();
    add_order(region, sells_import(1, 30));
    add_order(region, buys_import(1, 100));
    const MarketCase market_case(region, dc);
    const ContinuousMarket market = market_case.cleared({.two_price = true});
    ASSERT_EQ(market.trades().size(), 1u);
    EXPECT_EQ(market.trades()[0].buy_price, 100);
    EXPECT_EQ(market.trades()[0].sell_price, 30);
}

TEST(ContinuousMarket, NeverLetsACustomerTradeWithItself) {
    Region region = two_neighbours();
    PlainOrder own = sells_import(1, 30);
    own.customer = "car";
    add_order(region, own);
    add_order(region, buys_import(1, 100));
    const MarketCase market_case(region, dc);
    EXPECT_TRUE(market_case.cleared().trades().empty());
}

TEST(ContinuousMarket, CancelsWhatAnImpatientOrderCannotHaveAtOnce) {
    Region region = two_neighbours();
    add_order(region, sells_import(1, 30));
    PlainOrder impatient = buys_import(3, 100);
    impatient.time_in_force = TimeInForce::immediate_or_cancel;
    add_order(region, impatient);
    PlainOrder all = buys_import(1, 100);
    all.time_in_force = TimeInForce::fill_or_kill;
    add_order(region, all);
    add_order(region, sells_import(2, 30));
    const MarketCase market_case(region, dc);
    const ContinuousMarket market = market_case.cleared();

    expect_trades(market, {{0, 1, 1, 30}});
    EXPECT_EQ(market.outcome(1).status, OrderStatus::cancelled);
    EXPECT_NEAR(market.outcome(1).accepted, 1, 1e-12);
    EXPECT_EQ(market.outcome(2).status, OrderStatus::cancelled);
    EXPECT_EQ(market.outcome(3).status, OrderStatus::open);
}

TEST(ContinuousMarket, KeepsAnAllOrNoneOrderUntilAllOfItIsThere) {
    Region region = two_neighbours();
    PlainOrder all = buys_import(2, 100);
    all.all_or_none = true;
    add_order(region, all);
    add_order(region, sells_import(1.5, 30));
    add_order(region, sells_import(1, 40));
    const MarketCase market_case(region, dc);
    expect_trades(market_case.cleared(), {{1, 0, 1.5, 100}, {2, 0, 0.5, 100}});
}

TEST(ContinuousMarket, PassesOverFillsBelowTheSmallestButTheLast) {
    Region region = two_neighbours();
    PlainOrder coarse = sells_import(3, 30);
    coarse.min_fill_kw = 1;
    add_order(region, coarse);
    add_order(region, buys_import(0.5, 100));
    add_order(region, buys_import(2.5, 90));
    const MarketCase market_case(region, dc);
    expect_trades(market_case.cleared(), {{0, 2, 2.5, 30}, {0, 1, 0.5, 30}});
}

TEST(ContinuousMarket, ForgetsWhatHasExpired) {
    Region region = two_neighbours();
    PlainOrder brief = sells_import(10, 30);
    brief.expiry = 2;  // the second order arrives at 2
    add_order(region, brief);
    add_order(region, sells_import(10, 60));
    add_order(region, buys_import(1, 100));
    const MarketCase market_case(region, dc);
    const ContinuousMarket market = market_case.cleared();
    expect_trades(market, {{1, 2, 1, 60}});
    EXPECT_EQ(market.outcome(0).status, OrderStatus::expired);
    EXPECT_EQ(market.outcome(1).status, OrderStatus::open) << "and what it had set aside is free again";
}

TEST(ContinuousMarket, TradesABlockInAllItsStepsOrInNone) {
    Region region = two_neighbours(2);
    PlainOrder block = buys_import(2, 100);
    block.last_step = 1;
    block.block = 1;
    add_order(region, block);
    add_order(region, sells_import(5, 30));
    PlainOrder second = sells_import(2, 50);
    second.first_step = 1;
    add_order(region, second);
    const MarketCase market_case(region, dc);
    const ContinuousMarket market = market_case.cleared();
    expect_trades(market, {{1, 0, 2, 100}, {2, 0, 2, 100}});
    EXPECT_EQ(market.trades()[0].time, 3) << "with the order that made it possible";
    EXPECT_EQ(market.outcome(0).status, OrderStatus::filled);
}

TEST(ContinuousMarket, RefusesByRuleAndSaysWhere) {
    Region region = two_neighbours(2);
    add_order(region, sells_import(6, 30));
    add_order(region, sells_import(5, 30));
    PlainOrder late = buys_import(5, 100);
    late.first_step = 1;
    add_order(region, late);
    const MarketCase market_case(region, dc);
    const ContinuousMarket market = market_case.cleared();
    EXPECT_EQ(market.outcome(1).refusal, OrderRefusal::beyond_envelope) << "6 kW of its 10 are on offer already";
    EXPECT_EQ(market.outcome(2).refusal, OrderRefusal::beyond_cap) << "10 + 5 above 14";
    EXPECT_EQ(market.outcome(2).refused_step, 1);
}

TEST(ContinuousMarket, KeepsTheCommittedForecastFromBeingSold) {
    Region region = two_neighbours();
    region.series[0].p_forecast = {0, -7e3};
    add_order(region, sells_import(4, 30));
    add_order(region, sells_import(3, 30));
    const MarketCase market_case(region, dc);
    const ContinuousMarket market = market_case.cleared();
    EXPECT_EQ(market.outcome(0).refusal, OrderRefusal::beyond_envelope);
    EXPECT_EQ(market.outcome(1).status, OrderStatus::open);
}

TEST(ContinuousMarket, ServesOneOfAnExclusiveGroup) {
    Region region = two_neighbours(2);
    for (std::int32_t step = 0; step < 2; ++step) {
        PlainOrder either = buys_import(2, 100);
        either.first_step = step;
        either.exclusive_group = 4;
        add_order(region, either);
    }
    for (std::int32_t step = 0; step < 2; ++step) {
        PlainOrder offer = sells_import(step == 0 ? 0.5 : 5, 30);
        offer.first_step = step;
        add_order(region, offer);
    }
    const MarketCase market_case(region, dc);
    expect_trades(market_case.cleared(), {{2, 0, 0.5, 100}, {3, 1, 1.5, 100}});
}

// A whole order that rests, and a block of the neighbour whose leg in step 0 would take it.
Region block_meets_whole(const std::function<PlainOrder(Region&)>& first_orders) {
    Region region = two_neighbours(2);
    PlainOrder whole = first_orders(region);
    whole.all_or_none = true;
    add_order(region, whole);
    for (std::int32_t step = 0; step < 2; ++step) {
        PlainOrder leg = sells_import(2, 30);
        leg.first_step = step;
        leg.block = 1;
        add_order(region, leg);
    }
    PlainOrder other_leg = buys_import(2, 100);
    other_leg.first_step = 1;
    add_order(region, other_leg);
    return region;
}

TEST(ContinuousMarket, FillsABlockWithAWholeOrderThatIsFree) {
    const Region region = block_meets_whole([](Region&) { return buys_import(2, 100); });
    const MarketCase market_case(region, dc);
    expect_trades(market_case.cleared(), {{1, 0, 2, 100}, {2, 3, 2, 30}});
}

TEST(ContinuousMarket, FillsNoBlockWithAChildWhoseParentHasNothing) {
    const Region region = block_meets_whole([](Region& orders) {
        PlainOrder child = buys_import(2, 100);
        child.parent = add_order(orders, buys_import(1, 10));
        return child;
    });
    const MarketCase market_case(region, dc);
    expect_trades(market_case.cleared(), {});
}

TEST(ContinuousMarket, FillsNoBlockWithAWholeMemberOfAGroupThatIsServed) {
    const Region region = block_meets_whole([](Region& orders) {
        PlainOrder member = buys_import(1, 100);
        member.exclusive_group = 7;
        add_order(orders, member);
        add_order(orders, sells_import(1, 100));
        member.kw = 2;
        return member;
    });
    const MarketCase market_case(region, dc);
    expect_trades(market_case.cleared(), {{1, 0, 1, 100}});
}

TEST(ContinuousMarket, FillsNoLegOfABlockWithAMemberOfItsGroup) {
    Region region = two_neighbours(2);
    PlainOrder member = buys_import(2, 100);
    member.exclusive_group = 7;
    add_order(region, member);
    PlainOrder later = buys_import(2, 100);
    later.first_step = 1;
    add_order(region, later);
    for (std::int32_t step = 0; step < 2; ++step) {
        PlainOrder leg = sells_import(2, 30);
        leg.first_step = step;
        leg.block = 1;
        leg.exclusive_group = step == 1 ? 7 : -1;
        add_order(region, leg);
    }
    const MarketCase market_case(region, dc);
    expect_trades(market_case.cleared(), {});
}

TEST(ContinuousMarket, TradesABlockThatHoldsAChildAndItsParent) {
    Region region = two_neighbours(2);
    for (std::int32_t step = 0; step < 2; ++step) {
        PlainOrder offer = sells_import(2, 30);
        offer.first_step = step;
        add_order(region, offer);
    }
    PlainOrder leg = buys_import(2, 100);
    leg.block = 1;
    leg.parent = add_order(region, leg);
    leg.first_step = 1;
    add_order(region, leg);
    const MarketCase market_case(region, dc);
    expect_trades(market_case.cleared(), {{0, 2, 2, 30}, {1, 3, 2, 30}});
}

TEST(ContinuousMarket, LeavesNothingOfAWholeOrderThatDoesNotWait) {
    Region region = two_neighbours();
    PlainOrder hasty = buys_import(2, 100);
    hasty.all_or_none = true;
    hasty.time_in_force = TimeInForce::immediate_or_cancel;
    add_order(region, hasty);
    add_order(region, sells_import(2, 30));
    const MarketCase market_case(region, dc);
    const ContinuousMarket market = market_case.cleared();
    expect_trades(market, {});
    EXPECT_EQ(market.outcome(0).status, OrderStatus::cancelled);
}

TEST(ContinuousMarket, WakesAChildWithItsParent) {
    Region region = two_neighbours();
    const std::int32_t parent = add_order(region, buys_import(1, 50));
    PlainOrder child = buys_import(2, 80);
    child.parent = parent;
    add_order(region, child);
    add_order(region, sells_import(2, 60));
    add_order(region, sells_import(0.5, 40));
    const MarketCase market_case(region, dc);
    expect_trades(market_case.cleared(), {{3, 0, 0.5, 50}, {2, 1, 1, 80}});
}

}  // namespace
}  // namespace headroom::test
