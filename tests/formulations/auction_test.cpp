// The auction of limits: golden answer, prices, blocks and groups on a feeder small enough to check by hand.

#include "formulations/market/auction.hpp"

#include <gtest/gtest.h>

#include <array>

#include "tests/support/feeder_builder.hpp"
#include "tests/support/market_case.hpp"
#include "tests/support/random_feeder.hpp"

namespace headroom::test {
namespace {

constexpr AllocationQuestion dc{.flow = FlowModel::dc};
constexpr OrderSide buy = OrderSide::buy, sell = OrderSide::sell;

double total_welfare(const Auction& auction) {
    double sum = 0;
    for (const AuctionPart& part : auction.parts()) {
        EXPECT_TRUE(part.certified);
        sum += part.welfare;
    }
    return sum;
}

Auction held(const Region& region, const MarketCase& market_case, const AuctionSettings& settings = {}) {
    Auction auction(market_case.market(), region.order, 0, market_case.order_count(), settings);
    auction.solve();
    return auction;
}

class GoldenAuction : public testing::TestWithParam<bool> {};

TEST_P(GoldenAuction, AcceptsTheOrdersOfTheGoldenCaseWithOrWithoutABalance) {
    const Region region = exchange_of_upper_limits();
    const MarketCase laminar(region, dc);
    const Auction auction = held(region, laminar, {.rules = {.balance = GetParam()}});

    EXPECT_NEAR(total_welfare(auction), 0.270, 1e-12);
    constexpr std::array<double, 8> accepted{0, 3, 0, 3, 2, 2, 2, 2};
    for (std::int32_t o = 0; o < 8; ++o)
        EXPECT_NEAR(auction.outcome(o).accepted, accepted[static_cast<std::size_t>(o)], 1e-9) << "order " << o + 1;
    EXPECT_GE(total_welfare(auction), laminar.welfare(laminar.cleared()));
}

INSTANTIATE_TEST_SUITE_P(Balance, GoldenAuction, testing::Bool());

// slack --(10 kW)-- bus: x and y hold 5 kW of export each, caps 10.
Region two_customers(std::size_t steps = 1) {
    FeederBuilder builder(230.0);
    builder.bus("bus", "abc", 230.0);
    builder.line("slack", "bus", "abc", PhaseImpedance::uncoupled(0.1, 0.1), 1.0, not_given, 10e3);
    builder.active("x", "bus", "abc", 10e3, 10e3);
    builder.active("y", "bus", "abc", 10e3, 10e3);
    return builder.build(steps);
}

TEST(Auction, PricesALimitAtTheMultipliersOfItsRows) {
    Region region = two_customers();
    add_order(region, {.customer = "x", .side = buy, .kw = 4, .price = 80});
    add_order(region, {.customer = "y", .side = sell, .kw = 3, .price = 20});
    const MarketCase market(region, dc);
    const Auction auction = held(region, market);

    EXPECT_NEAR(auction.outcome(0).accepted, 3, 1e-9) << "all that y sells";
    EXPECT_NEAR(auction.price(0, 0, TradedLimit::export_power), 80, 1e-9) << "the buyer that wants more sets it";
    EXPECT_NEAR(auction.price(0, 1, TradedLimit::export_power), 80, 1e-9);
    EXPECT_TRUE(auction.parts().front().unique_prices);
    ASSERT_EQ(auction.row_prices().size(), 1u);
    const PackingRows& rows = market.allocation().rows().rows();
    const std::int32_t row = auction.row_prices()[0].row;
    EXPECT_NEAR(auction.row_prices()[0].price * rows.value[rows.start[row]], 0.080, 1e-12) << "EUR per kW and hour";
}

TEST(Auction, SellsRoomThatNobodyHoldsForNothing) {
    FeederBuilder builder(230.0);
    builder.bus("bus", "abc", 230.0);
    builder.line("slack", "bus", "abc", PhaseImpedance::uncoupled(0.1, 0.1), 1.0, not_given, 10e3);
    builder.active("x", "bus", "abc", 10e3, 10e3);
    Region region = builder.build();
    region.customer.export_request = {6e3};
    add_order(region, {.customer = "x", .side = buy, .kw = 3, .price = 80});
    const MarketCase market(region,
                            {.flow = FlowModel::dc, .policy = Policy::equal_curtailment, .import_asked = false});
    const Auction free = held(region, market), exchange = held(region, market, {.rules = {.balance = true}});

    EXPECT_NEAR(free.outcome(0).accepted, 3, 1e-9);
    EXPECT_NEAR(free.price(0, 0, TradedLimit::export_power), 0, 1e-9);
    EXPECT_NEAR(exchange.outcome(0).accepted, 0, 1e-9) << "a pure exchange needs a seller";
}

TEST(Auction, TakesABlockWholeAndSaysWhenItWouldHaveGained) {
    Region region = two_customers();
    add_order(region, {.customer = "x", .side = buy, .kw = 4, .price = 80, .all_or_none = true});
    add_order(region, {.customer = "y", .side = sell, .kw = 3, .price = 20});
    const MarketCase market(region, dc);
    const Auction auction = held(region, market);

    EXPECT_NEAR(total_welfare(auction), 0, 1e-12);
    EXPECT_EQ(auction.outcome(0).status, OrderStatus::rejected);
    EXPECT_EQ(auction.fit(0), PriceFit::rejected_gain) << "at the price of room that nobody else wants";
}

TEST(Auction, SaysTheSameOfAWholeOrderOfOneKilowatt) {
    Region region = two_customers();
    add_order(region, {.customer = "x", .side = buy, .kw = 1, .price = 80, .all_or_none = true});
    add_order(region, {.customer = "y", .side = sell, .kw = 0.5, .price = 20});
    const MarketCase market(region, dc);
    EXPECT_EQ(held(region, market).fit(0), PriceFit::rejected_gain);
}

TEST(Auction, KeepsTheCrumbThatAWholeOrderStandsOn) {
    Region region = two_customers();
    add_order(region, {.customer = "x", .side = buy, .kw = 3, .price = 80, .all_or_none = true});
    add_order(region, {.customer = "y", .side = sell, .kw = 3 - 5e-6, .price = 10});
    add_order(region, {.customer = "y", .side = sell, .kw = 1, .price = 20});
    const MarketCase market(region, dc);
    const Auction auction = held(region, market);

    ASSERT_EQ(auction.parts().size(), 1u);
    EXPECT_TRUE(auction.parts()[0].certified);
    EXPECT_LE(auction.parts()[0].row_excess, 1e-9) << "kW";
    EXPECT_NEAR(auction.outcome(2).accepted, 5e-6, 1e-9);
}

TEST(Auction, JoinsTheStepsOfABlock) {
    Region region = two_customers(2);
    add_order(region,
              {.customer = "x", .side = buy, .kw = 2, .price = 50, .first_step = 0, .last_step = 1, .block = 7});
    add_order(region, {.customer = "y", .side = sell, .kw = 5, .price = 10, .first_step = 0});
    const MarketCase alone(region, dc);
    const Auction without = held(region, alone);
    EXPECT_EQ(without.outcome(0).status, OrderStatus::rejected) << "nobody sells in the second step";

    add_order(region, {.customer = "y", .side = sell, .kw = 5, .price = 80, .first_step = 1});
    const MarketCase both(region, dc);
    const Auction with = held(region, both);
    EXPECT_EQ(with.outcome(0).status, OrderStatus::filled) << "50 + 50 against 10 + 80";
    EXPECT_NEAR(total_welfare(with), 2 * (50 + 50 - 10 - 80) / 1e3, 1e-12);
    EXPECT_EQ(with.parts().size(), 1u);
}

TEST(Auction, LetsAnExclusiveGroupHaveOneWhole) {
    Region region = two_customers();
    add_order(region, {.customer = "x", .side = buy, .kw = 2, .price = 80, .exclusive_group = 1});
    add_order(region, {.customer = "x", .side = buy, .kw = 4, .price = 70, .exclusive_group = 1});
    add_order(region, {.customer = "y", .side = sell, .kw = 5, .price = 10});
    const MarketCase market(region, dc);
    const Auction auction = held(region, market);

    EXPECT_NEAR(auction.outcome(0).accepted / 2 + auction.outcome(1).accepted / 4, 1, 1e-9);
    EXPECT_NEAR(total_welfare(auction), 4 * 60 / 1e3, 1e-12) << "the larger one is worth more";
}

TEST(Auction, LetsAChildFollowItsParent) {
    Region region = two_customers();
    const std::int32_t parent = add_order(region, {.customer = "x", .side = buy, .kw = 1, .price = 5});
    add_order(region, {.customer = "x", .side = buy, .kw = 2, .price = 80, .parent = parent});
    add_order(region, {.customer = "y", .side = sell, .kw = 5, .price = 10});
    const MarketCase market(region, dc);
    const Auction auction = held(region, market);

    EXPECT_NEAR(auction.outcome(0).accepted, 1, 1e-9) << "at a loss of 5, for the 140 of the child";
    EXPECT_NEAR(auction.outcome(1).accepted, 2, 1e-9);
}

TEST(Auction, RefusesWhatCouldNeverBeHeld) {
    Region region = two_customers();
    add_order(region, {.customer = "x", .side = sell, .kw = 6, .price = 90});
    add_order(region, {.customer = "x", .side = buy, .kw = 5.5, .price = 1});
    const MarketCase market(region, dc);
    const Auction auction = held(region, market);

    EXPECT_EQ(auction.outcome(0).status, OrderStatus::rejected) << "with what it buys it could hold as much";
    EXPECT_EQ(auction.outcome(1).status, OrderStatus::rejected);

    Region alone = two_customers();
    add_order(alone, {.customer = "x", .side = sell, .kw = 6, .price = 1});
    const MarketCase alone_market(alone, dc);
    EXPECT_EQ(held(alone, alone_market).outcome(0).refusal, OrderRefusal::beyond_envelope);
}

TEST(Auction, IsProvenBesideOrdersThatAreWorthFarMoreAndNeverAccepted) {
    for (unsigned seed = 0; seed < 30; ++seed) {
        Region region = random_feeder(seed, {.buses = 10, .active = 6});
        add_random_orders(region, seed, {.count = 60, .whole = true});
        const std::string customer = region.customer.id[static_cast<std::size_t>(region.order.customer[0])];
        for (std::int32_t step = 0; step < static_cast<std::int32_t>(region.series[0].step_count()); ++step)
            add_order(region, {.customer = customer,
                               .side = sell,
                               .kw = 0.01,
                               .price = 1e8,
                               .first_step = step,
                               .all_or_none = true});
        const MarketCase market_case(region, {});
        const Auction auction = held(region, market_case);
        for (const AuctionPart& part : auction.parts()) {
            EXPECT_TRUE(part.certified) << "seed " << seed;
            EXPECT_LE(part.bound - part.welfare, 1e-8 * (1 + part.welfare)) << "seed " << seed;
        }
    }
}

// Prices from one end of their range to the other: what never trades, at 1e9, hides bids of 1e-5 from no search.
TEST(Auction, IsProvenWhereWhatTradesIsWorthNextToNothing) {
    int traded = 0;
    for (unsigned seed = 0; seed < 60; ++seed) {
        Region region = random_feeder(seed, {.buses = 10, .active = 6});
        add_random_orders(region, seed, {.count = 80, .whole = seed % 2 == 1});
        for (std::size_t o = 0; o < region.order_count(); ++o) {
            const bool never = region.order.side[o] == sell && o % 3 == 0;
            region.order.price[o] *= never ? 1e7 : 1e-6;
        }
        const MarketCase market_case(region, {});
        const Auction auction = held(region, market_case);
        for (const AuctionPart& part : auction.parts()) {
            EXPECT_TRUE(part.certified) << "seed " << seed << " welfare " << part.welfare << " bound " << part.bound;
            traded += part.welfare > 0 ? 1 : 0;
        }
    }
    EXPECT_GT(traded, 30);
}

// slack --(10 kW)-- bus with x, y and nothing to sell beyond what they hold: y bids 80 for 1 kW, x asks 10 for 2 kW and
// bids for 1 kW, which comes from nobody but x.
Region own_crossing(double own_bid) {
    Region region = two_customers();
    add_order(region, {.customer = "y", .side = buy, .kw = 1, .price = 80});
    add_order(region, {.customer = "x", .side = sell, .kw = 2, .price = 10});
    add_order(region, {.customer = "x", .side = buy, .kw = 1, .price = own_bid});
    return region;
}

double paid_by(const Auction& auction, const Region& region, std::string_view customer) {
    double paid = 0;
    for (const Trade& trade : auction.trades()) {
        const std::int32_t order = std::max(trade.buy, trade.sell);
        const auto owner = static_cast<std::size_t>(region.order.customer[static_cast<std::size_t>(order)]);
        if (region.customer.id[owner] == customer)
            paid += trade.quantity * (trade.buy >= 0 ? trade.buy_price : -trade.sell_price);
    }
    return paid;
}

// x offers 2 kW, of which it would take one itself: only 1 kW is left for y, at the price of the limit, 10.
TEST(Auction, LetsNobodyPayForWhatItBuysFromItself) {
    const Region region = own_crossing(50);
    const MarketCase market_case(region, dc);
    for (const bool pay_as_bid : {false, true}) {
        const Auction auction = held(region, market_case, {.pay_as_bid = pay_as_bid});

        EXPECT_NEAR(auction.outcome(0).accepted, 1, 1e-9);
        EXPECT_NEAR(auction.outcome(1).accepted, 2, 1e-9);
        EXPECT_NEAR(auction.outcome(2).accepted, 1, 1e-9);
        EXPECT_NEAR(
            auction.price(0, market_case.market().position_of(0, TradedLimit::export_power), TradedLimit::export_power),
            10, 1e-9);
        EXPECT_NEAR(paid_by(auction, region, "x"), -10, 1e-9) << "for the kW that y has; its own costs nothing";
        EXPECT_NEAR(paid_by(auction, region, "y"), pay_as_bid ? 80 : 10, 1e-9);
    }
}

/// Two orders of one customer that cross are worth to others what the same two are whose prices are exchanged.
TEST(Auction, TakesCrossingOrdersOfOneCustomerForThoseWithExchangedPrices) {
    int crossed = 0;
    for (unsigned seed = 0; seed < 40; ++seed) {
        Region region = random_feeder(seed, {.buses = 10, .active = 6, .steps = 1});
        add_random_orders(region, seed, {.count = 20});
        Region exchanged = region;
        const auto add_pair = [seed](Region& to, double bid, double ask) {
            const std::string own = to.customer.id[static_cast<std::size_t>(to.order.customer[0])];
            add_order(to, {.customer = own, .side = buy, .kw = 0.4, .price = bid + 0.01 * seed});
            add_order(to, {.customer = own, .side = sell, .kw = 0.4, .price = ask + 0.01 * seed});
        };
        add_pair(region, 65, 25);
        add_pair(exchanged, 25, 65);
        const MarketCase one_case(region, {}), other_case(exchanged, {});
        const Auction one = held(region, one_case), other = held(exchanged, other_case);
        if (one.outcome(20).status == OrderStatus::refused || other.outcome(21).status == OrderStatus::refused
            || one.outcome(21).status == OrderStatus::refused || other.outcome(20).status == OrderStatus::refused)
            continue;
        ++crossed;
        const double hours = one_case.market().hours[0], worth = 0.4 * (65 - 25) / 1e3 * hours;
        EXPECT_NEAR(total_welfare(one), total_welfare(other) + worth, 1e-9) << "seed " << seed;
    }
    EXPECT_GT(crossed, 20);
}

TEST(Auction, IsWorthAtLeastWhatTheContinuousMarketIsWorth) {
    int richer = 0;
    for (unsigned seed = 0; seed < 60; ++seed) {
        Region region = random_feeder(seed, {.buses = 10, .active = 6});
        add_random_orders(region, seed,
                          {.count = 80, .whole = true, .linked = seed % 2 == 0, .passing = seed % 3 == 0});
        const MarketCase market(region, {});
        const double auction = total_welfare(held(region, market)), continuous = market.welfare(market.cleared()),
                     exchange = total_welfare(held(region, market, {.rules = {.balance = true}}));
        EXPECT_GE(exchange, continuous - 1e-9) << "seed " << seed;
        EXPECT_GE(auction, exchange - 1e-9) << "seed " << seed;
        richer += auction > continuous + 1e-6 ? 1 : 0;
    }
    EXPECT_GT(richer, 20);
}

}  // namespace
}  // namespace headroom::test
