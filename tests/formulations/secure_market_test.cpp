// Markets of limits that must hold in AC: what comes of them replays clean.

#include <gtest/gtest.h>

#include "formulations/market/clear_market.hpp"
#include "formulations/market/verify_clearing.hpp"
#include "formulations/secure/replay.hpp"
#include "tests/support/market_case.hpp"
#include "tests/support/random_feeder.hpp"

namespace headroom::test {
namespace {

ClearingQuestion in_ac(Mechanism mechanism) {
    ClearingQuestion question;
    question.mechanism = mechanism;
    question.envelope.secure = Secure::ac;
    question.secure = Secure::ac;
    return question;
}

EnvelopeResult envelopes_of(const Region& region, const ClearingQuestion& question) {
    return allocate(region, region.series.front(), question.envelope, {""}, {.threads = 1});
}

ReplayResult replayed(const Region& region, const ClearingResult& result) {
    return replay(region, region.series.front(), {}, {result.after[0], result.after[1], {}, {}}, {""},
                  {.random_corners = 50, .random_points = 20}, {.threads = 1});
}

Region random_market(unsigned seed, const RandomOrders& orders) {
    Region region = random_feeder(seed, {.buses = 10, .active = 6});
    add_random_orders(region, seed, orders);
    return region;
}

class SecureMarkets : public testing::TestWithParam<Mechanism> {};

TEST_P(SecureMarkets, LeaveLimitsThatReplayClean) {
    std::size_t trades = 0;
    std::int64_t refused = 0;
    const ClearingQuestion question = in_ac(GetParam());
    for (unsigned seed = 0; seed < 12; ++seed) {
        const Region region = random_market(seed, {.count = 150, .whole = seed % 2 == 1, .linked = seed % 3 == 1});
        const EnvelopeResult envelopes = envelopes_of(region, question);
        const ClearingResult result =
            clear_market(region, region.series.front(), question, envelopes, {""}, {.threads = 1});
        const ReplayResult ac = replayed(region, result);
        const std::vector<std::string> faults = verify_clearing(region, region.series.front(), question, result);
        EXPECT_EQ(faults.empty() ? "" : faults.front(), "") << "seed " << seed;
        for (std::size_t step = 0; step < result.step_count; ++step) {
            if (result.status[step] != ClearingStatus::cleared) continue;
            EXPECT_TRUE(ac.clean(step)) << "seed " << seed << " step " << step << ": " << ac.excess(step);
        }
        trades += result.trades.size();
        refused += result.secure.cut_trades + result.secure.rounds - 1;
    }
    EXPECT_GT(trades, 60u);
    EXPECT_GT(refused, 0) << "AC must have had something against linear trades";
}

TEST_P(SecureMarkets, HoldInSpiteOfErrorsOfForecasts) {
    ClearingQuestion question = in_ac(GetParam());
    question.envelope.errors = {.forecast_share = 0.3, .forecast_kw = 0.1};
    std::size_t trades = 0;
    int unclean = 0;
    for (unsigned seed = 0; seed < 8; ++seed) {
        const Region region = random_market(seed, {.count = 150});
        const EnvelopeResult envelopes = envelopes_of(region, question);
        const auto traded = [&](const ClearingQuestion& asked) {
            return clear_market(region, region.series.front(), asked, envelopes, {""}, {.threads = 1});
        };
        const auto is_clean = [&](const ClearingResult& result, std::size_t step) {
            return replay(region, region.series.front(), question.envelope, {result.after[0], result.after[1], {}, {}},
                          {""}, {.random_corners = 50, .random_points = 20}, {.threads = 1})
                .clean(step);
        };
        const ClearingResult result = traded(question), certain = traded(in_ac(GetParam()));
        const std::vector<std::string> faults = verify_clearing(region, region.series.front(), question, result);
        EXPECT_EQ(faults.empty() ? "" : faults.front(), "") << "seed " << seed;
        for (std::size_t step = 0; step < result.step_count; ++step) {
            if (result.status[step] == ClearingStatus::cleared) {
                EXPECT_TRUE(is_clean(result, step)) << "seed " << seed << " step " << step;
            }
            if (certain.status[step] == ClearingStatus::cleared) unclean += is_clean(certain, step) ? 0 : 1;
        }
        trades += result.trades.size();
    }
    EXPECT_GT(trades, 40u);
    EXPECT_GT(unclean, 0) << "trades that know of no errors use up what envelopes keep for them";
}

INSTANTIATE_TEST_SUITE_P(Mechanisms, SecureMarkets, testing::Values(Mechanism::continuous, Mechanism::auction),
                         [](const auto& mechanism) {
                             return mechanism.param == Mechanism::auction ? "Auction" : "Continuous";
                         });

TEST(SecureMarkets, DoNotOpenOnEnvelopesThatAcDoesNotCarry) {
    ClearingQuestion question = in_ac(Mechanism::continuous);
    question.envelope.secure = Secure::linear;
    int insecure = 0;
    for (unsigned seed = 0; seed < 12; ++seed) {
        const Region region = random_market(seed, {.count = 40});
        const EnvelopeResult linear = envelopes_of(region, question);
        const ClearingResult result =
            clear_market(region, region.series.front(), question, linear, {""}, {.threads = 1});
        for (std::size_t step = 0; step < result.step_count; ++step) {
            if (result.status[step] != ClearingStatus::insecure) continue;
            ++insecure;
            for (const Trade& trade : result.trades) EXPECT_NE(trade.step, static_cast<std::int32_t>(step));
        }
    }
    EXPECT_GT(insecure, 5);
}

}  // namespace
}  // namespace headroom::test
