// Markets of a feeder whose taps a series moves: every step is held by the rows of its own taps.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "formulations/market/verify_clearing.hpp"
#include "formulations/network/tap_runs.hpp"
#include "tests/support/market_case.hpp"
#include "tests/support/random_feeder.hpp"

namespace headroom::test {
namespace {

constexpr std::size_t steps = 10;

/// A transformer at the head; taps move before steps 2 and 9.
Region regulated(unsigned seed) {
    Region region = random_feeder(seed, {.buses = 10, .active = 5, .passive = 3, .transformer = true, .steps = steps});
    for (std::size_t step = 0; step < steps; ++step) {
        const double tap = step < 2 ? 1.0 : step < 9 ? 1.02 : 0.985;
        region.series[0].to_tap.insert(region.series[0].to_tap.end(), {tap, tap, tap});
    }
    return region;
}

Region held_as_in(Region region, std::size_t step) {
    region.transformer.to_tap[0] = to_taps(region, region.series[0].taps(step), 0);
    region.series[0].to_tap.clear();
    return region;
}

struct Cleared {
    EnvelopeResult envelopes;
    ClearingResult result;
    std::vector<std::string> faults;
};

Cleared clear(const Region& region, const ClearingQuestion& question) {
    const SeriesSet& series = region.series.front();
    EnvelopeResult envelopes = allocate(region, series, question.envelope, {""}, {.threads = 1});
    ClearingResult result = clear_market(region, series, question, envelopes, {""}, {.threads = 1});
    std::vector<std::string> faults = verify_clearing(region, series, question, result, 1);
    return {std::move(envelopes), std::move(result), std::move(faults)};
}

ClearingQuestion question_of(MarketKind market, Mechanism mechanism, FlowModel flow = FlowModel::lin_dist3_flow) {
    ClearingQuestion question{.market = market, .mechanism = mechanism};
    question.envelope.flow = flow;
    return question;
}

/// @param watts  by which limits may differ
void expect_same_step(const Region& region, const Cleared& moved, const Cleared& held, std::size_t step, double watts) {
    EXPECT_EQ(moved.result.status[step], held.result.status[step]) << step;
    const std::size_t customers = region.customer_count();
    for (std::size_t kind = 0; kind < moved.result.after.size(); ++kind)
        for (std::size_t c = 0; !held.result.after[kind].empty() && c < customers; ++c) {
            const double a = moved.result.after[kind][step * customers + c],
                         b = held.result.after[kind][step * customers + c];
            EXPECT_TRUE(std::isnan(a) == std::isnan(b) && !(std::abs(a - b) > watts))
                << step << ' ' << c << ": " << a << " W, " << b;
        }
}

// Orders of one step each: steps do not know each other, so each clears as it does with its taps in all steps.
TEST(MovingTapsMarket, EveryStepClearsAsWithItsTapsInAll) {
    std::size_t trades = 0;
    for (const auto market : {MarketKind::limit_exchange, MarketKind::set_point_exchange})
        for (const auto mechanism : {Mechanism::continuous, Mechanism::auction}) {
            Region region = regulated(market == MarketKind::limit_exchange ? 3 : 4);
            add_random_orders(region, 7, {.count = 120});
            if (market == MarketKind::set_point_exchange)
                for (TradedLimit& limit : region.order.limit)
                    limit = limit == TradedLimit::export_power ? TradedLimit::up : TradedLimit::down;
            const ClearingQuestion question = question_of(market, mechanism);
            const Cleared moved = clear(region, question);
            EXPECT_TRUE(moved.faults.empty()) << moved.faults.front();
            trades += moved.result.trades.size();
            for (const std::size_t step : {std::size_t{0}, std::size_t{5}, std::size_t{9}})
                expect_same_step(region, moved, clear(held_as_in(region, step), question), step, 1e-3);
        }
    EXPECT_GT(trades, 50U);
}

// A block binds steps of three positions of the taps; what comes of it is inside the rows of each.
TEST(MovingTapsMarket, BlocksOverStepsOfAllTapsAreVerified) {
    for (const auto mechanism : {Mechanism::continuous, Mechanism::auction})
        for (unsigned seed = 1; seed < 6; ++seed) {
            Region region = regulated(seed);
            add_random_orders(region, seed, {.count = 60, .whole = true, .linked = mechanism == Mechanism::auction});
            const Cleared cleared = clear(region, question_of(MarketKind::limit_exchange, mechanism));
            EXPECT_TRUE(cleared.faults.empty()) << seed << ' ' << cleared.faults.front();
            EXPECT_EQ(std::ranges::count(cleared.result.status, ClearingStatus::insecure), 0) << seed;
        }
}

// What was cleared at other taps is found out.
TEST(MovingTapsMarket, TheVerifierSeesTheTapsOfEveryStep) {
    Region region = regulated(3);
    add_random_orders(region, 7, {.count = 120});
    const ClearingQuestion question = question_of(MarketKind::limit_exchange, Mechanism::auction);
    const Region held = held_as_in(region, 0);
    const Cleared at_first_taps = clear(held, question);
    ASSERT_TRUE(at_first_taps.faults.empty());
    EXPECT_FALSE(verify_clearing(region, region.series.front(), question, at_first_taps.result, 1).empty());
}

// Linearised in every step at its own taps.
TEST(MovingTapsMarket, OnLinearisedAcEveryStepClearsAsWithItsTapsInAll) {
    Region region = regulated(3);
    add_random_orders(region, 7, {.count = 120});
    for (const auto mechanism : {Mechanism::continuous, Mechanism::auction}) {
        const ClearingQuestion question = question_of(MarketKind::limit_exchange, mechanism, FlowModel::linearised_ac);
        const Cleared moved = clear(region, question);
        EXPECT_TRUE(moved.faults.empty()) << moved.faults.front();
        EXPECT_GT(moved.result.trades.size(), 10U);
        for (const std::size_t step : {std::size_t{0}, std::size_t{5}, std::size_t{9}})
            expect_same_step(region, moved, clear(held_as_in(region, step), question), step, 1e-3);
    }
}

// Rows linearised in AC, their points, what a replay finds: of the network of each step.
TEST(MovingTapsMarket, InAcEveryStepClearsAsWithItsTapsInAll) {
    std::size_t tangents = 0;
    for (const auto mechanism : {Mechanism::continuous, Mechanism::auction})
        for (const unsigned seed : {3U, 5U}) {
            Region region = regulated(seed);
            add_random_orders(region, 7, {.count = 120});
            ClearingQuestion question = question_of(MarketKind::limit_exchange, mechanism);
            question.envelope.secure = question.secure = Secure::ac;
            const Cleared moved = clear(region, question);
            EXPECT_TRUE(moved.faults.empty()) << moved.faults.front();
            EXPECT_GT(moved.result.trades.size(), 10U);
            EXPECT_EQ(std::ranges::count(moved.result.status, ClearingStatus::insecure), 0);
            tangents += moved.result.tangents.size();
            for (const std::size_t step : {std::size_t{0}, std::size_t{5}, std::size_t{9}})
                expect_same_step(region, moved, clear(held_as_in(region, step), question), step, 1.0);
        }
    EXPECT_GT(tangents, 0U);
}

// What was cleared at other taps is found out in AC too.
TEST(MovingTapsMarket, TheVerifierReplaysTheTapsOfEveryStep) {
    Region region = regulated(3);
    add_random_orders(region, 7, {.count = 120});
    ClearingQuestion question = question_of(MarketKind::limit_exchange, Mechanism::auction);
    question.envelope.secure = question.secure = Secure::ac;
    const Cleared at_first_taps = clear(held_as_in(region, 0), question);
    ASSERT_TRUE(at_first_taps.faults.empty()) << at_first_taps.faults.front();
    EXPECT_FALSE(verify_clearing(region, region.series.front(), question, at_first_taps.result, 1).empty());
}

}  // namespace
}  // namespace headroom::test
