// Envelopes in spite of errors of forecasts and impedances: closed forms, and brute force over all signs of all errors
// by the plain flow of tests/support.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <ostream>
#include <utility>

#include "formulations/envelope/allocation.hpp"
#include "formulations/flow/security_rows.hpp"
#include "formulations/market/clear_market.hpp"
#include "formulations/market/comparison.hpp"
#include "formulations/market/verify_clearing.hpp"
#include "tests/support/feeder_builder.hpp"
#include "tests/support/market_case.hpp"
#include "tests/support/plain_margin.hpp"
#include "tests/support/random_feeder.hpp"

namespace headroom::test {
namespace {

EnvelopeResult solve(const Region& region, const AllocationQuestion& question) {
    return allocate(region, region.series.front(), question, {""}, {.threads = 1});
}

// slack --(rating)-- bus with the active "x" and the passive "p" and "q".
FeederBuilder two_passive(double rating_kva, double ohm = 0.01) {
    FeederBuilder builder(230.0);
    builder.bus("bus", "abc", 230.0);
    builder.line("slack", "bus", "abc", PhaseImpedance::uncoupled(ohm, ohm), 1.0, not_given, rating_kva * 1e3);
    builder.active("x", "bus", "abc", 50e3, 50e3);
    builder.customer("p", "bus", "abc", {.active = false});
    builder.customer("q", "bus", "abc", {.active = false});
    return builder;
}

TEST(RobustEnvelopes, LoseTheSumOfAllForecastErrorsInTheBox) {
    FeederBuilder builder = two_passive(20);
    builder.inject("p", -3e3);
    builder.inject("q", 4e3);

    const EnvelopeResult result =
        solve(builder.build(), {.flow = FlowModel::dc, .errors = {.forecast_share = 0.5, .forecast_kw = 0.25}});

    EXPECT_NEAR(result.export_limit[0], 20e3 - 1e3 - (1.75e3 + 2.25e3), 1e-6);
    EXPECT_NEAR(result.import_limit[0], 20e3 + 1e3 - (1.75e3 + 2.25e3), 1e-6);
}

TEST(RobustEnvelopes, LoseTheLengthOfTheErrorsInTheBall) {
    FeederBuilder builder = two_passive(20);
    builder.inject("p", -3e3);
    builder.inject("q", 4e3);

    const EnvelopeResult result =
        solve(builder.build(), {.flow = FlowModel::dc, .errors = {.forecast_share = 1, .norm = ErrorNorm::ball}});

    EXPECT_NEAR(result.export_limit[0], 20e3 - 1e3 - 5e3, 1e-6) << "3, 4, 5";
    EXPECT_NEAR(result.import_limit[0], 20e3 + 1e3 - 5e3, 1e-6);
}

// V^2 = V0^2 + 2 r (P - 4 kW) / 3, held at 1.1 V0; the base case is charged the smaller r, the envelope the larger.
TEST(RobustEnvelopes, ChargeEveryImpedanceItsWorstEnd) {
    constexpr double ohm = 1.0, v = 230.0, rho = 0.2;
    FeederBuilder builder = two_passive(1000, ohm);
    builder.inject("p", -4e3);
    builder.voltage_band(0.8 * v, 1.1 * v);

    const EnvelopeResult result =
        solve(builder.build(), {.flow = FlowModel::lin_dist_flow, .errors = {.impedance = rho}});

    const double rise = 3 * (1.21 - 1) * v * v / (2 * ohm), fall = 3 * (1 - 0.64) * v * v / (2 * ohm);
    EXPECT_NEAR(result.export_limit[0], (rise + 4e3 * (1 - rho)) / (1 + rho), 1e-6);
    EXPECT_NEAR(result.import_limit[0], (fall - 4e3 * (1 + rho)) / (1 + rho), 1e-6);
}

TEST(RobustEnvelopes, ABaseCaseThatAForecastErrorMakesInsecureIsListedAtItsWorst) {
    for (const double rating : {7.8, 7.6}) {
        FeederBuilder builder = two_passive(rating);
        builder.inject("p", -7e3);

        const EnvelopeResult result =
            solve(builder.build(), {.flow = FlowModel::dc, .errors = {.forecast_share = 0.1}});

        EXPECT_EQ(result.status[0], rating > 7.7 ? ItemStatus::solved : ItemStatus::insecure_base);
        if (rating > 7.7) continue;
        ASSERT_EQ(result.violations.size(), 1u);
        EXPECT_NEAR(result.violations[0].value, 7.7e3, 1e-6);
    }
}

TEST(RobustEnvelopes, WithoutAnyErrorHaveTheSameRowsToTheLastBit) {
    for (unsigned seed = 0; seed < 10; ++seed) {
        const Region region = random_feeder(seed, {.transformer = true, .delta_customers = true});
        const LinearNetwork full = linear_network(region, 0, FlowModel::lin_dist3_flow, Monitoring::customers);
        const ReducedNetwork reduced = reduce(full);
        const SecurityRows plain(region, reduced, {}),
            certain(region, reduced,
                    {.uncertainty = std::make_shared<RowUncertainty>(region, 0, full, reduced, RowErrors{})});
        EXPECT_EQ(plain.rows().start, certain.rows().start);
        EXPECT_EQ(plain.rows().column, certain.rows().column);
        EXPECT_EQ(plain.rows().value, certain.rows().value);
        const auto room = [&region](const SecurityRows& rows) {
            SecurityRows::Workspace work = rows.workspace();
            for (std::size_t c = 0; c < rows.customers().size(); ++c) {
                work.p[c * lane_count] = region.series[0].p_forecast[c];
                work.q[c * lane_count] = region.series[0].q_forecast[c];
            }
            rows.room(work);
            return work.room;
        };
        EXPECT_EQ(room(plain), room(certain));
    }
}

TEST(RobustEnvelopes, GiveNoLargerLevelForLargerErrors) {
    int smaller = 0;
    for (unsigned seed = 0; seed < 20; ++seed) {
        const Region region = random_feeder(seed, {.transformer = seed % 2 == 0, .delta_customers = true});
        for (const double unit_share : {0.0, 0.5, 1.0}) {
            double last = std::numeric_limits<double>::infinity();
            for (const double size : {0.0, 0.05, 0.1, 0.2, 0.4}) {
                const EnvelopeResult result =
                    solve(region, {.policy = Policy::equal,
                                   .errors = {.forecast_share = unit_share * size,
                                              .forecast_kw = unit_share * size,
                                              .norm = seed % 3 == 0 ? ErrorNorm::ball : ErrorNorm::box,
                                              .impedance = (1 - unit_share) * size}});
                if (result.status[0] != ItemStatus::solved) break;
                EXPECT_LE(result.level[0], last * (1 + 1e-12)) << "seed " << seed << " size " << size;
                smaller += result.level[0] < last ? 1 : 0;
                last = result.level[0];
            }
        }
    }
    EXPECT_GT(smaller, 100);
}

// Large enough for rows to go through sums (security_rows.md), which intervals do not.
TEST(RobustEnvelopes, OfLargeFeedersAreCertified) {
    Region region = random_feeder(3, {.buses = 300, .active = 260, .passive = 40, .steps = 2});
    for (double& power : region.series[0].p_forecast) power *= 0.02;
    const LinearNetwork full = linear_network(region, 0, FlowModel::lin_dist3_flow, Monitoring::customers);
    const ReducedNetwork reduced = reduce(full);
    for (const RowErrors& errors : {RowErrors{.forecast_share = 0.3}, RowErrors{.impedance = 0.1}}) {
        const SecurityRows rows(region, reduced,
                                {.uncertainty = std::make_shared<RowUncertainty>(region, 0, full, reduced, errors)});
        EXPECT_EQ(rows.nested_if_smaller().has_value(), errors.impedance == 0) << rows.rows().value.size();
        for (const Policy policy : {Policy::max_min, Policy::proportional})
            for (const ItemStatus status : solve(region, {.policy = policy, .errors = errors}).status)
                EXPECT_EQ(status, ItemStatus::solved) << "policy " << static_cast<int>(policy);
    }
}

constexpr double pf = 0.95;

/// Every other active customer gets a reactive range, the others a power factor.
Region with_ranges(Region region) {
    for (std::size_t c = 0; c < region.customer_count(); ++c) {
        if (region.customer.active[c] == 0) continue;
        const bool fixed = c % 2 == 1;
        region.customer.reactive_mode[c] = fixed ? ReactiveMode::power_factor : ReactiveMode::range;
        region.customer.power_factor[c] = pf;
        region.customer.q_inject_max[c] = fixed ? 0 : 3e3;
        region.customer.q_absorb_max[c] = fixed ? 0 : 2e3;
    }
    return region;
}

/// Everything that may be one way or the other at a step: envelopes, forecasts, impedances.
class Brute {
public:
    Brute(const Region& region, const EnvelopeResult& result, const RowErrors& errors) : region_(region) {
        for (std::size_t c = 0; c < region.customer_count(); ++c) {
            if (region.customer.active[c] != 0) {
                const double low = -result.import_limit[c], high = result.export_limit[c];
                const double absorb = region.customer.q_absorb_max[c], inject = region.customer.q_inject_max[c];
                const double tangent = region.customer.reactive_mode[c] == ReactiveMode::power_factor
                                           ? std::sqrt(1 - pf * pf) / pf
                                           : std::nan("");
                choices_.push_back([this, c, low, high, tangent](bool up) {
                    p_[c] = up ? high : low;
                    if (!std::isnan(tangent)) q_[c] = p_[c] * tangent;
                });
                if (region.customer.reactive_mode[c] == ReactiveMode::range)
                    choices_.push_back([this, c, absorb, inject](bool up) { q_[c] = up ? inject : -absorb; });
                continue;
            }
            const double share = errors.forecast_share, watt = 1e3 * errors.forecast_kw;
            if (share > 0)
                choices_.push_back([this, c, share](bool up) {
                    p_[c] *= 1 + (up ? share : -share);
                    q_[c] *= 1 + (up ? share : -share);
                });
            if (watt > 0) choices_.push_back([this, c, watt](bool up) { p_[c] += up ? watt : -watt; });
        }
        if (errors.impedance > 0) add_impedances(errors.impedance);
    }

    double worst() {
        double worst = std::numeric_limits<double>::infinity();
        for (std::size_t corner = 0; corner < std::size_t{1} << choices_.size(); ++corner) {
            p_.assign(region_.series[0].p_forecast.begin(), region_.series[0].p_forecast.end());
            q_.assign(region_.series[0].q_forecast.begin(), region_.series[0].q_forecast.end());
            for (std::size_t k = 0; k < choices_.size(); ++k) choices_[k](corner >> k & 1);
            worst = std::min(worst, plain_margin(region_, 0, p_, q_));
        }
        return worst;
    }

private:
    /// Every line of a random feeder has a line code of its own.
    void add_impedances(double rho) {
        for (auto* matrices : {&region_.line_code.r, &region_.line_code.x})
            for (std::size_t b = 0; b < region_.branch_count(); ++b) {
                if (region_.branch.line_code[b] < 0) continue;
                auto& matrix = (*matrices)[static_cast<std::size_t>(region_.branch.line_code[b])];
                choices_.push_back([&matrix, original = matrix, rho](bool up) {
                    for (std::size_t i = 0; i < original.size(); ++i)
                        for (std::size_t j = 0; j < original[i].size(); ++j)
                            matrix[i][j] = original[i][j] * (1 + (up ? rho : -rho));
                });
            }
        for (auto* values : {&region_.transformer.r, &region_.transformer.x})
            for (double& value : *values)
                choices_.push_back(
                    [&value, original = value, rho](bool up) { value = original * (1 + (up ? rho : -rho)); });
    }

    Region region_;
    std::vector<double> p_, q_;
    std::vector<std::function<void(bool)>> choices_;
};

struct Kind {
    const char* name;
    RandomFeederOptions options;
    RowErrors errors;
    unsigned seeds;
    double stretch = 1;  ///< of all lines: voltages rather than ratings and caps stop limits
    bool ranges = false;

    Region feeder(unsigned seed) const {
        Region region = random_feeder(seed, options);
        for (double& length : region.branch.length) length *= stretch;
        return ranges ? with_ranges(std::move(region)) : region;
    }
};

void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }

class RandomErrors : public testing::TestWithParam<Kind> {};
// Voltages alone, no impedance errors: the dual norm of the box is what the worst corner takes.
class RandomForecastErrors : public testing::TestWithParam<Kind> {};

TEST_P(RandomErrors, MakeNoCornerInsecure) {
    int solved = 0, broken = 0;
    const RowErrors& errors = GetParam().errors;
    for (unsigned seed = 0; seed < GetParam().seeds; ++seed) {
        const Region region = GetParam().feeder(seed);
        const EnvelopeResult certain = solve(region, {.policy = Policy::max_min});
        if (certain.status[0] == ItemStatus::solved) broken += Brute(region, certain, errors).worst() < -1e-6 ? 1 : 0;
        for (const Policy policy : {Policy::max_min, Policy::total}) {
            const EnvelopeResult result = solve(region, {.policy = policy, .errors = errors});
            if (result.status[0] != ItemStatus::solved) continue;
            ++solved;
            EXPECT_GE(Brute(region, result, errors).worst(), -1e-9) << "seed " << seed;
        }
    }
    EXPECT_GT(solved, static_cast<int>(GetParam().seeds)) << "most random feeders must have a secure base case";
    EXPECT_GT(2 * broken, static_cast<int>(GetParam().seeds)) << "envelopes that know of no errors do not hold";
}

/// Limits of one step after a market that began with these.
EnvelopeResult traded(const Region& region, const EnvelopeResult& envelopes, const ClearingQuestion& question,
                      unsigned seed) {
    const ClearingResult result =
        clear_market(region, region.series.front(), question, envelopes, {""}, {.threads = 1});
    EXPECT_EQ(result.status[0], ClearingStatus::cleared) << "seed " << seed;
    const std::vector<std::string> faults = verify_clearing(region, region.series.front(), question, result);
    EXPECT_EQ(faults.empty() ? "" : faults.front(), "") << "seed " << seed;
    EnvelopeResult after = envelopes;
    after.export_limit = result.after[0];
    after.import_limit = result.after[1];
    return after;
}

TEST_P(RandomErrors, MakeNoCornerOfTradedLimitsInsecure) {
    const RowErrors& errors = GetParam().errors;
    int moved = 0, broken = 0;
    for (unsigned seed = 0; seed < GetParam().seeds; ++seed) {
        Region region = GetParam().feeder(seed);
        add_random_orders(region, seed, {.count = 60, .whole = seed % 3 == 0});
        ClearingQuestion question;
        question.mechanism = seed % 2 == 0 ? Mechanism::continuous : Mechanism::auction;
        question.envelope.errors = errors;
        const EnvelopeResult before = solve(region, question.envelope);
        if (before.status[0] != ItemStatus::solved) continue;
        const EnvelopeResult after = traded(region, before, question, seed);
        EXPECT_GE(Brute(region, after, errors).worst(), -1e-9) << "seed " << seed;
        moved += after.export_limit != before.export_limit || after.import_limit != before.import_limit ? 1 : 0;
        question.envelope.errors = {};
        const EnvelopeResult certain = traded(region, before, question, seed);
        broken += Brute(region, certain, errors).worst() < -1e-6 ? 1 : 0;
    }
    EXPECT_GT(2 * moved, static_cast<int>(GetParam().seeds)) << "most random markets trade";
    EXPECT_GT(4 * broken, static_cast<int>(GetParam().seeds)) << "trades that know of no errors use up their margins";
}

/// One by one, limits that a row stopped become 100 W larger.
int expect_tight(const Region& region, const EnvelopeResult& result, const RowErrors& errors, unsigned seed) {
    int tried = 0;
    for (std::size_t c = 0; c < region.customer_count(); ++c)
        for (const bool exports : {true, false}) {
            if ((exports ? result.export_binding_row : result.import_binding_row)[c] < 0) continue;
            EnvelopeResult larger = result;
            (exports ? larger.export_limit : larger.import_limit)[c] += 100.0;
            EXPECT_LT(Brute(region, larger, errors).worst(), -1e-9) << "seed " << seed << " customer " << c;
            ++tried;
        }
    return tried;
}

TEST_P(RandomForecastErrors, TakeNoMoreThanTheirWorstCornerDoes) {
    int tried = 0;
    const RowErrors& errors = GetParam().errors;
    for (unsigned seed = 0; seed < GetParam().seeds; ++seed) {
        const Region region = GetParam().feeder(seed);
        const EnvelopeResult result = solve(region, {.errors = errors});
        if (result.status[0] == ItemStatus::solved) tried += expect_tight(region, result, errors, seed);
    }
    EXPECT_GT(tried, 50);
}

// A kW that is traded moves the margin of the row by the same, whoever buys it: dc rows lose the errors of p and q.
TEST(RobustMarkets, BuyNoMoreThanTheRoomThatErrorsLeave) {
    FeederBuilder builder = two_passive(20);
    builder.inject("p", -3e3);
    builder.inject("q", 4e3);
    Region region = builder.build();
    add_order(region, {.customer = "x", .side = OrderSide::buy, .kw = 30, .price = 50});
    ClearingQuestion question;
    question.mechanism = Mechanism::auction;
    question.envelope = {.flow = FlowModel::dc,
                         .policy = Policy::equal,
                         .contain = Contain::zero,
                         .errors = {.forecast_share = 1, .norm = ErrorNorm::ball}};
    EnvelopeResult before = solve(region, question.envelope);
    before.export_limit[0] = 4e3;

    const EnvelopeResult after = traded(region, before, question, 0);

    EXPECT_NEAR(after.export_limit[0], 20e3 - 1e3 - 5e3, 1e-3) << "3, 4, 5";
}

TEST(RobustMarkets, AreRefusedWhereErrorsAreNotLinearInWhatIsTraded) {
    const Region region = two_passive(20).build();
    ClearingQuestion question;
    question.envelope.errors.impedance = 0.1;
    const EnvelopeResult envelopes = solve(region, question.envelope);
    EXPECT_THROW(compare_ways(region, region.series.front(), question, envelopes, {""}, {}), std::invalid_argument);
    question.market = MarketKind::set_point_exchange;
    for (const RowErrors& errors : {RowErrors{.impedance = 0.1}, RowErrors{.forecast_share = 0.1}}) {
        question.envelope.errors = errors;
        EXPECT_THROW(clear_market(region, region.series.front(), question, {}, {""}, {}), std::invalid_argument);
    }
}

// One injection alone: all of a row's errors can have their worst sign at once.
TEST(ImpedanceErrors, OfRowsOfOneCustomerAreReached) {
    int tried = 0;
    const RowErrors errors{.impedance = 0.2};
    for (unsigned seed = 0; seed < 60; ++seed) {
        Region region = random_feeder(seed, {.buses = 5, .active = 1, .passive = 0, .ratings = false, .steps = 1});
        region.series[0].q_forecast[0] = 0;
        region.customer.export_cap[0] = region.customer.import_cap[0] = 1e6;
        const EnvelopeResult result = solve(region, {.contain = Contain::zero, .errors = errors});
        ASSERT_EQ(result.status[0], ItemStatus::solved);
        tried += expect_tight(region, result, errors, seed);
    }
    EXPECT_GT(tried, 50);
}

const Kind box{
    "Box", {.buses = 10, .active = 4, .passive = 4, .steps = 1}, {.forecast_share = 0.3, .forecast_kw = 0.2}, 30};
const Kind delta{"DeltaBelowATransformer",
                 {.buses = 10, .active = 4, .passive = 5, .transformer = true, .delta_customers = true, .steps = 1},
                 {.forecast_share = 0.5},
                 30};
const Kind unrated{"WithoutRatings",
                   {.buses = 10, .active = 3, .passive = 4, .delta_customers = true, .ratings = false, .steps = 1},
                   {.forecast_share = 0.3, .forecast_kw = 0.2},
                   40,
                   3};
const Kind impedance{"Impedances",
                     {.buses = 5, .active = 3, .passive = 2, .delta_customers = true, .steps = 1},
                     {.impedance = 0.2},
                     8,
                     5};
const Kind below_transformer{
    "ImpedancesBelowATransformer",
    {.buses = 5, .active = 3, .passive = 2, .transformer = true, .delta_customers = true, .steps = 1},
    {.impedance = 0.3},
    8,
    5};
const Kind both{"ForecastsAndImpedances",
                {.buses = 5, .active = 2, .passive = 2, .delta_customers = true, .steps = 1},
                {.forecast_share = 0.4, .impedance = 0.2},
                8,
                5};

const Kind ranges{"RangesAndPowerFactors",
                  {.buses = 5, .active = 2, .passive = 2, .delta_customers = true, .steps = 1},
                  {.forecast_share = 0.4, .impedance = 0.2},
                  8,
                  5,
                  true};

const auto name_of = [](const auto& kind) { return kind.param.name; };
INSTANTIATE_TEST_SUITE_P(Feeders, RandomErrors,
                         testing::Values(box, delta, unrated, impedance, below_transformer, both, ranges), name_of);
INSTANTIATE_TEST_SUITE_P(Feeders, RandomForecastErrors, testing::Values(unrated), name_of);

}  // namespace
}  // namespace headroom::test
