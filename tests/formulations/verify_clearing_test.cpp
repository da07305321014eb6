// The judge of clearings: it has nothing against what the markets do, and notices what is changed.

#include "formulations/market/verify_clearing.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "formulations/market/best_acceptance.hpp"
#include "formulations/market/settlement.hpp"
#include "tests/support/market_case.hpp"
#include "tests/support/random_feeder.hpp"

namespace headroom::test {
namespace {

struct Cleared {
    Region region;
    ClearingQuestion question;
    ClearingResult result;

    std::vector<std::string> faults() const { return verify_clearing(region, region.series.front(), question, result); }
    void say_of_all(OrderStatus status) {
        for (OrderOutcome& outcome : result.outcome) outcome.status = status;
    }
    std::size_t passive() const {
        return static_cast<std::size_t>(std::ranges::find(region.customer.active, 0) - region.customer.active.begin());
    }
};

Cleared clear(Region region, const ClearingQuestion& question, int threads = 1) {
    const SeriesSet& series = region.series.front();
    const EnvelopeResult envelopes = allocate(region, series, question.envelope, {""}, {.threads = 1});
    ClearingResult result = clear_market(region, series, question, envelopes, {""}, {.threads = threads});
    return {std::move(region), question, std::move(result)};
}

ClearingQuestion question_of(Mechanism mechanism, bool balance = false) {
    ClearingQuestion question;
    question.mechanism = mechanism;
    question.auction.rules.balance = balance;
    return question;
}

std::string first_of(const std::vector<std::string>& faults) { return faults.empty() ? "" : faults.front(); }

TEST(VerifyClearing, HasNothingAgainstRandomMarkets) {
    std::size_t trades = 0;
    for (unsigned seed = 0; seed < 40; ++seed) {
        Region region = random_feeder(seed, {.buses = 10, .active = 6});
        add_random_orders(region, seed,
                          {.count = 80, .whole = true, .linked = true, .passing = true, .mixed = seed % 2 == 1});
        for (const ClearingQuestion& question : {question_of(Mechanism::continuous), question_of(Mechanism::auction),
                                                 question_of(Mechanism::auction, true)}) {
            const Cleared cleared = clear(region, question);
            EXPECT_EQ(first_of(cleared.faults()), "") << "seed " << seed;
            trades += cleared.result.trades.size();
        }
    }
    EXPECT_GT(trades, 500u);
}

TEST(VerifyClearing, KnowsThatOrdersGetTheirOwnPriceHoweverNegative) {
    Region region = laminar_region(-2);
    add_order(region, {.customer = "c5", .side = OrderSide::buy, .kw = 1, .price = -4000.3});
    add_order(region, {.customer = "c6", .side = OrderSide::sell, .kw = 1, .price = -4000.3});
    ClearingQuestion question;
    question.envelope.flow = FlowModel::dc;
    const Cleared cleared = clear(region, question);
    ASSERT_EQ(cleared.result.trades.size(), 1u);
    EXPECT_EQ(first_of(cleared.faults()), "");
}

TEST(VerifyClearing, KnowsThatOrdersOfLessThanATradeAreFilledByNothing) {
    Region region = laminar_region(-2);
    add_order(region, {.customer = "c5", .side = OrderSide::buy, .kw = 5e-6, .price = 40});
    add_order(region, {.customer = "c6", .side = OrderSide::sell, .kw = 5e-6, .price = 30});
    ClearingQuestion question = question_of(Mechanism::continuous);
    question.envelope.flow = FlowModel::dc;
    const Cleared cleared = clear(region, question);
    EXPECT_EQ(cleared.result.trades.size(), 0u);
    for (const OrderOutcome& outcome : cleared.result.outcome) EXPECT_EQ(outcome.status, OrderStatus::filled);
    EXPECT_EQ(first_of(cleared.faults()), "");
}

TEST(ClearMarket, MeasuresNoRowThatNobodyIsIn) {
    Region region = laminar_region(-7.5);  // a passive customer makes rows of branch 1-2
    for (std::uint8_t& active : region.customer.active) active = 0;
    region.customer.active[0] = 1;
    add_order(region, {.customer = "c1", .side = OrderSide::buy, .limit = TradedLimit::up, .kw = 1, .price = 5});
    ClearingQuestion question;
    question.market = MarketKind::set_point_exchange;
    question.envelope.flow = FlowModel::dc;
    const Cleared cleared = clear(region, question);
    EXPECT_NEAR(cleared.result.row_excess[0], -10, 1e-9) << "c1 is 10 kW below its cap; branch slack-1 has more room";
}

TEST(VerifyClearing, AcceptsTheProofOfDivisibleAuctions) {
    for (unsigned seed = 0; seed < 40; ++seed) {
        Region region = random_feeder(seed, {.buses = 10, .active = 6});
        add_random_orders(region, seed, {.count = 80});
        EXPECT_EQ(first_of(clear(region, question_of(Mechanism::auction)).faults()), "") << "seed " << seed;
        EXPECT_EQ(first_of(clear(region, question_of(Mechanism::auction, true)).faults()), "") << "seed " << seed;
    }
}

/// Auctions with whole and linked orders whose bound has a stored proof.
std::vector<Cleared> cleared_with_proofs(unsigned seeds) {
    std::vector<Cleared> all;
    for (unsigned seed = 0; seed < seeds; ++seed) {
        Region region = random_feeder(seed, {.buses = 10, .active = 6});
        add_random_orders(region, seed, {.count = 80, .whole = true, .linked = true});
        all.push_back(clear(region, question_of(Mechanism::auction, seed % 2 == 1)));
    }
    return all;
}

/// Changes every stored proof of more than one node; whether each change is noticed.
template <class Make> void expect_noticed(Make make, const char* expected, std::size_t least) {
    std::size_t changed = 0;
    for (const Cleared& sound : cleared_with_proofs(20))
        for (std::size_t k = 0; k < sound.result.parts.size(); ++k) {
            Cleared cleared = sound;
            AuctionPart& part = cleared.result.parts[k];
            if (part.proof.nodes.size() < 3 || !make(part)) continue;
            ++changed;
            const std::vector<std::string> faults = cleared.faults();
            EXPECT_TRUE(std::ranges::any_of(faults, [&](const std::string& fault) {
                return fault.find(expected) != std::string::npos;
            })) << first_of(faults);
        }
    EXPECT_GE(changed, least);
}

TEST(VerifyClearing, FollowsTheProofOfEveryBoundOfWholeOrders) {
    std::size_t proofs = 0, splits = 0;
    for (const Cleared& cleared : cleared_with_proofs(40)) {
        EXPECT_EQ(first_of(cleared.faults()), "");
        for (const AuctionPart& part : cleared.result.parts) {
            EXPECT_NE(part.proof.state, BoundProof::State::not_stored);
            proofs += part.proof.state == BoundProof::State::stored;
            splits += part.proof.nodes.size() / 2;
        }
    }
    EXPECT_GE(proofs, 40u);
    EXPECT_GT(splits, 200u);
}

TEST(VerifyClearing, HoldsTheBoundToTheGapThatWasAskedFor) {
    std::size_t apart = 0;
    for (unsigned seed = 0; seed < 20; ++seed) {
        Region region = random_feeder(seed, {.buses = 10, .active = 6});
        add_random_orders(region, seed, {.count = 80, .whole = true, .linked = true});
        ClearingQuestion question = question_of(Mechanism::auction);
        question.auction.integer.gap_relative = 0.05;
        Cleared cleared = clear(region, question);
        EXPECT_EQ(first_of(cleared.faults()), "") << "seed " << seed;
        for (AuctionPart& part : cleared.result.parts) {
            apart += part.bound - part.welfare > 1e-6;
            part.bound += 0.06 * (1 + part.welfare);
        }
        EXPECT_NE(first_of(cleared.faults()), "") << "seed " << seed;
    }
    EXPECT_GT(apart, 5u);
}

TEST(VerifyClearing, NoticesACaseThatAProofLeavesOut) {
    expect_noticed([](AuctionPart& part) { return part.proof.nodes.pop_back(), true; }, "is split into", 10);
}

TEST(VerifyClearing, NoticesACaseThatIsDecidedTheSameWayTwice) {
    expect_noticed([](AuctionPart& part) { return part.proof.nodes.back().answer ^= 1, true; }, "leave something out",
                   10);
}

TEST(VerifyClearing, NoticesMultipliersThatDoNotProveTheBound) {
    const auto weaken = [](AuctionPart& part) {
        for (BoundProof::Multiplier& multiplier : part.proof.multipliers) multiplier.value *= 0.5;
        return !part.proof.multipliers.empty();
    };
    expect_noticed(weaken, "its proof holds for", 10);
}

TEST(VerifyClearing, NoticesMultipliersOfRowsThatAreNone) {
    const auto misname = [](AuctionPart& part) {
        for (BoundProof::Multiplier& multiplier : part.proof.multipliers) multiplier.step = 99;
        for (BoundProof::Multiplier& multiplier : part.proof.multipliers) multiplier.row = AuctionRow::position;
        return !part.proof.multipliers.empty();
    };
    expect_noticed(misname, "a row that is none", 10);
}

TEST(VerifyClearing, NoticesAnImpossibilityThatIsNone) {
    const auto claim = [](AuctionPart& part) {
        for (BoundProof::Node& node : part.proof.nodes)
            if (node.kind == BoundProof::NodeKind::bound) node.kind = BoundProof::NodeKind::nothing_fits;
        return true;  // one of them holds what was accepted
    };
    expect_noticed(claim, "may well be possible", 10);
}

TEST(VerifyClearing, NoticesABoundBelowWhatItsProofSays) {
    expect_noticed([](AuctionPart& part) { return part.bound -= 1e-6 * (1 + part.welfare), true; },
                   "its proof holds for", 10);
}

TEST(VerifyClearing, NoticesAProofThatIsSaidNotToBeNeeded) {
    expect_noticed(
        [](AuctionPart& part) {
            part.proof.nodes.clear();
            part.proof.state = BoundProof::State::by_prices;
            return true;
        },
        "prices alone do not prove", 10);
    expect_noticed([](AuctionPart& part) { return part.proof.nodes.clear(), true; }, "there are no nodes", 10);
    expect_noticed([](AuctionPart& part) { return part.proof.state = BoundProof::State::not_stored, true; },
                   "says it has none", 10);
}

struct Change {
    const char* name;
    Mechanism mechanism;
    std::function<void(Cleared&)> make;
    const char* expected;
};
void PrintTo(const Change& change, std::ostream* out) { *out << change.name; }

class ChangedClearings : public testing::TestWithParam<Change> {};

TEST_P(ChangedClearings, AreNoticed) {
    ClearingQuestion question = question_of(GetParam().mechanism);
    question.envelope.flow = FlowModel::dc;
    Cleared cleared = clear(exchange_of_upper_limits(), question);
    ASSERT_EQ(first_of(cleared.faults()), "");
    GetParam().make(cleared);
    const std::vector<std::string> faults = cleared.faults();
    EXPECT_TRUE(std::ranges::any_of(faults, [](const std::string& fault) {
        return fault.find(GetParam().expected) != std::string::npos;
    })) << first_of(faults);
}

constexpr Mechanism continuous = Mechanism::continuous, auction = Mechanism::auction;
const Change changes[] = {
    {"AQuantity", continuous, [](Cleared& c) { c.result.trades[1].quantity += 0.5; }, "stands at"},
    {"AQuantityThatTheNetworkDoesNotCarry", continuous, [](Cleared& c) { c.result.trades[3].quantity += 0.5; },
     "after trade 3: limits pass row"},
    {"APrice", continuous, [](Cleared& c) { c.result.trades[0].buy_price = 20; }, "the older order says"},
    {"ATradeLeftOut", continuous,
     [](Cleared& c) {
         c.result.trades.pop_back();
         c.result.trade_offset.back() -= 1;
     },
     "stands at"},
    {"AFinalLimit", continuous, [](Cleared& c) { c.result.after[0][3] += 1e3; }, "stored are"},
    {"AnInitialLimit", continuous, [](Cleared& c) { c.result.before[0][4] += 3e3; }, "before the market"},
    {"Cash", continuous, [](Cleared& c) { c.result.cash[0] += 0.01; }, "cash of customer 'c1'"},
    {"Welfare", continuous, [](Cleared& c) { c.result.welfare[0] += 0.01; }, "welfare is"},
    {"Surplus", continuous, [](Cleared& c) { c.result.operator_surplus[0] -= 0.01; }, "operator's surplus"},
    {"WhoBought", continuous, [](Cleared& c) { c.result.trades[0].buy = 1; }, "on the other side"},
    {"WhenItTraded", continuous, [](Cleared& c) { c.result.trades[2].time = 0; }, "not there at its time"},
    {"WhatWasAccepted", continuous, [](Cleared& c) { c.result.outcome[1].accepted -= 1; }, "kW accepted"},
    {"AMultiplier", auction, [](Cleared& c) { c.result.row_prices.front().price *= 1.01; }, "its rows make"},
    {"AMultiplierAndItsPrices", auction,
     [](Cleared& c) {
         for (RowPrice& price : c.result.row_prices) price.price *= 1.01;
         for (double& price : c.result.price[0]) price *= 1.01;
         for (double& price : c.result.price[1]) price *= 1.01;
     },
     "the prices prove no more than"},
    {"AnAcceptance", auction,
     [](Cleared& c) {
         c.result.trades.front().quantity -= 1;
         const auto o = static_cast<std::size_t>(std::max(c.result.trades.front().buy, c.result.trades.front().sell));
         c.result.outcome[o].accepted -= 1;
     },
     "stored are"},
    {"WhatAnAcceptedOrderPays", auction,
     [](Cleared& c) {
         c.result.trades.front().buy_price += 1;
         settle(c.region, c.region.series.front(), c.result);
     },
     "trades at"},
    {"ABoundBelowTheWelfare", auction, [](Cleared& c) { c.result.parts.front().bound -= 1e-3; }, "is not the welfare"},
    {"ABound", auction, [](Cleared& c) { c.result.parts.front().bound += 1e-3; }, "is not the welfare"},
    {"OrdersThatTradeAreOpen", continuous, [](Cleared& c) { c.say_of_all(OrderStatus::open); }, "its status is not"},
    {"OrdersThatTradeAreCancelled", continuous, [](Cleared& c) { c.say_of_all(OrderStatus::cancelled); },
     "its status is not"},
    {"OrdersThatTradeAreCurtailed", continuous, [](Cleared& c) { c.say_of_all(OrderStatus::curtailed); },
     "its status is not"},
    {"OrdersThatTradeAreRefused", continuous,
     [](Cleared& c) {
         c.say_of_all(OrderStatus::refused);
         for (OrderOutcome& outcome : c.result.outcome) outcome.refusal = OrderRefusal::beyond_cap;
     },
     "its status is not"},
    {"ARefusalWithoutARule", continuous,
     [](Cleared& c) { c.result.outcome.front().refusal = OrderRefusal::beyond_cap; }, "names one and is not"},
    {"OrdersThatTradeAreRejected", auction, [](Cleared& c) { c.say_of_all(OrderStatus::rejected); },
     "its status is not"},
    {"AFitOfAnAuction", continuous, [](Cleared& c) { c.result.fit.front() = PriceFit::rejected_gain; },
     "fit is of auctions"},
    {"ARating", auction, [](Cleared& c) { c.result.rows.limit.front() *= 10; }, "/row row 0 is not the limit"},
    {"AKindOfLimit", auction, [](Cleared& c) { c.result.rows.kind.front() = RowKind::voltage_max; },
     "/row row 0 is not the limit"},
    {"ALimitLeftOut", auction,
     [](Cleared& c) {
         c.result.rows.feeder.pop_back();
         c.result.rows.kind.pop_back();
     },
     "limits of it, the case has"},
    {"AnItemThatIsNotCertified", auction, [](Cleared& c) { c.result.status.front() = ClearingStatus::uncertified; },
     "trades of what is not verified"},
    {"AnItemThatIsInsecure", continuous, [](Cleared& c) { c.result.status.front() = ClearingStatus::insecure; },
     "trades of what is not verified"},
    {"AStatusOfAuctions", continuous, [](Cleared& c) { c.result.status.front() = ClearingStatus::uncertified; },
     "does not know"},
    {"AnExcess", auction, [](Cleared& c) { c.result.row_excess.front() = 1e3; }, "is cleared with an excess"},
    {"APartThatIsNotCertified", auction, [](Cleared& c) { c.result.parts.front().certified = false; },
     "its part is not certified"},
    {"APartThatIsInfeasible", auction, [](Cleared& c) { c.result.parts.front().status = IntegerStatus::infeasible; },
     "not optimal"},
    {"AGap", auction, [](Cleared& c) { c.result.parts.front().certificate_gap = 100; }, "certified with a gap"},
    {"AnExcessOfAPart", auction, [](Cleared& c) { c.result.parts.front().row_excess = 1e3; },
     "certified with an excess"},
    {"ALimitOfAPassiveCustomer", auction, [](Cleared& c) { c.result.after[0][c.passive()] = 9e3; },
     "of what it does not hold"},
    {"CashOfAPassiveCustomer", auction, [](Cleared& c) { c.result.cash[c.passive()] = 1; }, "has cash"},
};
INSTANTIATE_TEST_SUITE_P(Of, ChangedClearings, testing::ValuesIn(changes),
                         [](const auto& shape) { return shape.param.name; });

TEST(VerifyClearing, ThreadsDoNotMatter) {
    Region region = random_feeder(3, {.buses = 10, .active = 6});
    add_random_orders(region, 3, {});
    const Cleared one = clear(region, question_of(continuous), 1), two = clear(region, question_of(continuous), 2);
    ASSERT_EQ(one.result.trades.size(), two.result.trades.size());
    for (std::size_t k = 0; k < one.result.trades.size(); ++k)
        EXPECT_EQ(one.result.trades[k].quantity, two.result.trades[k].quantity);
}

TEST(BestAcceptance, TakesWhatGainsAndComesBackTheCheapestWay) {
    const PositionOrders orders{.up = {{2, 5}, {1, 1}}, .down = {{3, -0.5}, {1, -4}}};
    EXPECT_DOUBLE_EQ(best_acceptance(orders, -10, 10), 11);
    EXPECT_DOUBLE_EQ(best_acceptance(orders, -10, 2), 10.5) << "half a euro to lower again costs less than giving up";
    EXPECT_DOUBLE_EQ(best_acceptance(orders, 0, 0), 9.5);
}

}  // namespace
}  // namespace headroom::test
