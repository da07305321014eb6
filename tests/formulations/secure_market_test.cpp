// Markets of limits that must hold in AC: what comes of them replays clean.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "formulations/market/clear_market.hpp"
#include "formulations/market/verify_clearing.hpp"
#include "formulations/secure/ac_row.hpp"
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

/// Feeders whose envelopes fill their limits, with transformers or delta customers, and orders of all kinds.
Region stressed_market(unsigned seed) {
    Region region = random_feeder(seed, {.buses = 12,
                                         .active = 6,
                                         .passive = 3,
                                         .transformer = seed % 3 == 0,
                                         .delta_customers = seed % 2 == 0,
                                         .steps = 2});
    add_random_orders(region, seed, {.count = 80, .mixed = seed % 4 != 0});
    return region;
}

bool is_open(const ClearingResult& result, std::size_t step) {
    return result.status[step] != ClearingStatus::closed && result.status[step] != ClearingStatus::invalid_input;
}

/// What customers receive and what is left to the operator, currency.
double money_of_step(const ClearingResult& result, std::size_t step) {
    double sum = result.operator_surplus[step];
    for (std::size_t k = 0; k < result.customer_count; ++k) sum += result.cash[step * result.customer_count + k];
    return sum;
}

TEST_P(SecureMarkets, EndSecureWhereTheEnvelopesAre) {
    const ClearingQuestion question = in_ac(GetParam());
    int open = 0, shrunk = 0;
    for (unsigned seed = 100; seed < 124; ++seed) {
        const Region region = stressed_market(seed);
        const EnvelopeResult envelopes = envelopes_of(region, question);
        const ClearingResult result =
            clear_market(region, region.series.front(), question, envelopes, {""}, {.threads = 1});
        const std::vector<std::string> faults = verify_clearing(region, region.series.front(), question, result);
        EXPECT_EQ(faults.empty() ? "" : faults.front(), "") << "seed " << seed;
        const ReplayResult ac = replayed(region, result);
        for (std::size_t step = 0; step < result.step_count; ++step) {
            if (!is_open(result, step)) continue;
            ++open;
            shrunk += result.status[step] == ClearingStatus::ac_shrunk ? 1 : 0;
            EXPECT_TRUE(result.status[step] == ClearingStatus::cleared
                        || result.status[step] == ClearingStatus::ac_shrunk)
                << "seed " << seed << " step " << step << ": " << static_cast<int>(result.status[step]);
            EXPECT_TRUE(ac.clean(step)) << "seed " << seed << " step " << step << ": " << ac.excess(step);
            EXPECT_NEAR(money_of_step(result, step), 0, 1e-9) << "seed " << seed << " step " << step;
        }
    }
    EXPECT_GT(open, 30);
    EXPECT_LE(shrunk, open / 20) << "auctions come to rest but for few";
}

INSTANTIATE_TEST_SUITE_P(Mechanisms, SecureMarkets, testing::Values(Mechanism::continuous, Mechanism::auction),
                         [](const auto& mechanism) {
                             return mechanism.param == Mechanism::auction ? "Auction" : "Continuous";
                         });

TEST(SecureAuctions, AreWorthMoreThanTheContinuousMarketThatAcCuts) {
    double auctions = 0, continuous = 0;
    for (unsigned seed = 100; seed < 112; ++seed) {
        const Region region = stressed_market(seed);
        const EnvelopeResult envelopes = envelopes_of(region, in_ac(Mechanism::auction));
        const auto welfare = [&](Mechanism mechanism) {
            return clear_market(region, region.series.front(), in_ac(mechanism), envelopes, {""}, {.threads = 1})
                .welfare;
        };
        const std::vector<double> by_auction = welfare(Mechanism::auction), one_by_one = welfare(Mechanism::continuous);
        for (std::size_t step = 0; step < by_auction.size(); ++step) {
            if (std::isnan(by_auction[step])) continue;
            EXPECT_GE(by_auction[step], one_by_one[step] * (1 - 1e-3)) << "seed " << seed << " step " << step;
            auctions += by_auction[step];
            continuous += one_by_one[step];
        }
    }
    EXPECT_GT(auctions, 1.1 * continuous);
}

/// Where a row of AC has a price, AC has no more room than a limit may be held off (DEFINITIONS 16).
TEST(SecureAuctions, FillTheLimitsThatHaveAPrice) {
    const ClearingQuestion question = in_ac(Mechanism::auction);
    int priced = 0;
    for (unsigned seed = 100; seed < 112; ++seed) {
        const Region region = stressed_market(seed);
        const ClearingResult result =
            clear_market(region, region.series.front(), question, envelopes_of(region, question), {""}, {.threads = 1});
        for (const RowPrice& price : result.row_prices) {
            const auto step = static_cast<std::size_t>(price.step);
            if (result.status[step] != ClearingStatus::cleared) continue;
            ++priced;
            EXPECT_EQ(price.side, ac_side) << "seed " << seed << " step " << step;
            const ReplayResult ac = replayed(region, result);
            const auto row = static_cast<std::size_t>(price.row);
            const bool voltage = ac.rows.kind[row] == RowKind::voltage_max || ac.rows.kind[row] == RowKind::voltage_min;
            const double share = ac.worst_share()[step * ac.rows.size() + row];
            const double left = ac.rows.kind[row] == RowKind::voltage_min ? share - 1 : 1 - share;
            EXPECT_LE(left, voltage ? 2e-4 : 1e-3) << "seed " << seed << " step " << step;
        }
    }
    EXPECT_GT(priced, 10);
}

/// Whole, linked and divisible orders alike: the file holds the rows of all prices and proofs.
TEST(SecureAuctions, ProveTheirPricesAndBounds) {
    const ClearingQuestion question = in_ac(Mechanism::auction);
    std::size_t priced = 0, proofs = 0, certified = 0;
    for (unsigned seed = 100; seed < 124; ++seed) {
        const Region region = stressed_market(seed);
        const ClearingResult result =
            clear_market(region, region.series.front(), question, envelopes_of(region, question), {""}, {.threads = 1});
        EXPECT_EQ(bounds_without_proof(region, result), 0) << "seed " << seed;
        for (const RowPrice& price : result.row_prices) EXPECT_GE(price.tangent, 0) << "seed " << seed;
        for (const AuctionPart& part : result.parts) {
            certified += part.certified ? 1 : 0;
            for (const BoundProof::Multiplier& multiplier : part.proof.multipliers)
                proofs += multiplier.row == AuctionRow::tangent ? 1 : 0;
        }
        priced += result.row_prices.size();
    }
    EXPECT_GT(certified, 20u);
    EXPECT_GT(priced, 10u);
    EXPECT_GT(proofs, 0u);
}

struct TangentChange {
    const char* what;
    void (*change)(ClearingResult&);
    const char* expected;
};

AcTangent& of_first_price(ClearingResult& result) {
    return result.tangents[static_cast<std::size_t>(result.row_prices.front().tangent)];
}

AcTangent::Power& largest(AcTangent& tangent) {
    return *std::ranges::max_element(tangent.powers, {}, [](const auto& power) { return std::abs(power.coefficient); });
}

const TangentChange tangent_changes[] = {
    {"the excess at the point", [](ClearingResult& r) { of_first_price(r).excess += 1e-5; }, "at its point, not by"},
    {"the point", [](ClearingResult& r) { largest(of_first_price(r)).power += 200; }, "at its point, not by"},
    {"what it leaves", [](ClearingResult& r) { of_first_price(r).rest += 1e-4; }, "before the market, not"},
    {"a coefficient that is smaller", [](ClearingResult& r) { largest(of_first_price(r)).coefficient *= 0.99; },
     "the derivative is"},
    {"a coefficient that is much larger", [](ClearingResult& r) { largest(of_first_price(r)).coefficient *= 2; },
     "the derivative is"},
    {"whose coefficient it is", [](ClearingResult& r) { largest(of_first_price(r)).coefficient *= -1; },
     "the derivative is"},
    {"a limit that moves it left out", [](ClearingResult& r) { largest(of_first_price(r)).coefficient = 0; },
     "its rows make"},
    {"a customer", [](ClearingResult& r) { largest(of_first_price(r)).customer = 1000; }, "no point with a power flow"},
    {"a customer twice", [](ClearingResult& r) { of_first_price(r).powers.push_back(largest(of_first_price(r))); },
     "no point with a power flow"},
    {"the step", [](ClearingResult& r) { of_first_price(r).step ^= 1; }, "a price of row"},
    {"the row", [](ClearingResult& r) { r.row_prices.front().row ^= 1; }, "a price of row"},
    {"the price", [](ClearingResult& r) { r.row_prices.front().price *= 1.01; }, "its rows make"},
};

TEST(SecureAuctions, AreNotProvenByRowsThatAcDoesNotMake) {
    const ClearingQuestion question = in_ac(Mechanism::auction);
    const Region region = stressed_market(107);
    const ClearingResult result =
        clear_market(region, region.series.front(), question, envelopes_of(region, question), {""}, {.threads = 1});
    ASSERT_FALSE(result.row_prices.empty());
    for (const TangentChange& change : tangent_changes) {
        ClearingResult changed = result;
        change.change(changed);
        const std::vector<std::string> faults = verify_clearing(region, region.series.front(), question, changed);
        EXPECT_TRUE(std::ranges::any_of(
            faults, [&](const std::string& fault) { return fault.find(change.expected) != std::string::npos; }))
            << change.what << ": " << (faults.empty() ? "" : faults.front());
    }
}

/// A limit that keeps room has no price: the multiplier, the prices it makes and the trades are those of another day.
TEST(SecureAuctions, HaveNoPriceOfALimitThatIsNotFull) {
    const ClearingQuestion question = in_ac(Mechanism::auction);
    int noticed = 0;
    for (unsigned seed = 100; seed < 112; ++seed) {
        const Region region = stressed_market(seed);
        ClearingResult result =
            clear_market(region, region.series.front(), question, envelopes_of(region, question), {""}, {.threads = 1});
        if (result.row_prices.empty()) continue;
        const auto step = static_cast<std::size_t>(result.row_prices.front().step);
        for (auto& after : result.after)
            for (std::size_t k = 0; k < result.customer_count && !after.empty(); ++k)
                after[step * result.customer_count + k] *= 0.5;
        const std::vector<std::string> faults = verify_clearing(region, region.series.front(), question, result);
        noticed += std::ranges::any_of(
            faults, [](const std::string& fault) { return fault.find("has a price and is") != std::string::npos; });
    }
    EXPECT_GT(noticed, 3);
}

/// The first answer stands for one that rounds do not bring to rest: AC refuses some.
TEST(SecureAuctions, AreSharedOrUndoneWhereTheyDoNotComeToRest) {
    ClearingQuestion question = in_ac(Mechanism::auction);
    question.auction.ac_round_limit = 0;
    int shared = 0, undone = 0;
    for (unsigned seed = 100; seed < 124; ++seed) {
        const Region region = stressed_market(seed);
        const ClearingResult result =
            clear_market(region, region.series.front(), question, envelopes_of(region, question), {""}, {.threads = 1});
        const std::vector<std::string> faults = verify_clearing(region, region.series.front(), question, result);
        EXPECT_EQ(faults.empty() ? "" : faults.front(), "") << "seed " << seed;
        const ReplayResult ac = replayed(region, result);
        for (std::size_t step = 0; step < result.step_count; ++step) {
            if (!is_open(result, step)) continue;
            EXPECT_NE(result.status[step], ClearingStatus::insecure) << "seed " << seed << " step " << step;
            EXPECT_TRUE(ac.clean(step)) << "seed " << seed << " step " << step << ": " << ac.excess(step);
            if (result.status[step] != ClearingStatus::ac_shrunk) continue;
            const bool trades = std::ranges::any_of(
                result.trades, [&](const Trade& trade) { return static_cast<std::size_t>(trade.step) == step; });
            ++(trades ? shared : undone);
        }
        for (std::size_t order = 0; order < result.order_count; ++order)
            if (result.outcome[order].accepted == 0) {
                EXPECT_NE(result.outcome[order].status, OrderStatus::filled) << "seed " << seed;
            }
    }
    EXPECT_GT(shared, 0);
    EXPECT_GT(undone, 0) << "some of it trades as a whole";
}

TEST(SecureMarkets, DoNotOpenOnEnvelopesThatAcDoesNotCarry) {
    ClearingQuestion question = in_ac(Mechanism::continuous);
    question.envelope.secure = Secure::linear;
    int insecure = 0;
    for (unsigned seed = 0; seed < 12; ++seed) {
        const Region region = random_market(seed, {.count = 40});
        const EnvelopeResult linear = envelopes_of(region, question);
        const ClearingResult result =
            clear_market(region, region.series.front(), question, linear, {""}, {.threads = 1});
        const std::vector<std::string> faults = verify_clearing(region, region.series.front(), question, result);
        EXPECT_EQ(faults.empty() ? "" : faults.front(), "") << "seed " << seed;
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
