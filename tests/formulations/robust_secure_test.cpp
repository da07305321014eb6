// Envelopes that are secure in AC in spite of forecast errors: closed forms, and the plain power flow of tests/support
// at every corner of envelopes and errors.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <ostream>
#include <stdexcept>

#include "formulations/envelope/allocation.hpp"
#include "formulations/secure/replay.hpp"
#include "tests/support/feeder_builder.hpp"
#include "tests/support/held_limits.hpp"
#include "tests/support/plain_worst.hpp"
#include "tests/support/random_feeder.hpp"

namespace headroom::test {
namespace {

EnvelopeResult solve(const Region& region, AllocationQuestion question, const RowErrors& errors = {}, int threads = 1) {
    question.secure = Secure::ac;
    question.errors = errors;
    return allocate(region, region.series.front(), question, std::vector<std::string>(region.feeder_count()),
                    {.threads = threads});
}

ReplayResult replayed(const Region& region, const EnvelopeResult& result, const RowErrors& errors,
                      const ReplaySettings& settings = {}, int threads = 1) {
    return replay(region, region.series.front(), {.errors = errors}, {result.export_limit, result.import_limit, {}, {}},
                  std::vector<std::string>(region.feeder_count()), settings, {.threads = threads});
}

bool published(ItemStatus status) {
    return status == ItemStatus::solved || status == ItemStatus::forecast_not_contained
           || status == ItemStatus::ac_shrunk;
}

/// An active customer and a passive load of 25 kW at the end of one uncoupled three-phase line, of 0.3 + j 0.2 ohm.
struct TwoBuses {
    static constexpr double r = 0.3, x = 0.2, v_slack = 230.0, load = -25e3;

    static Region region(double v_min = 0.9 * v_slack) {
        FeederBuilder builder(v_slack);
        builder.bus("end", "abc", v_slack);
        builder.line("slack", "end", "abc", PhaseImpedance::uncoupled(r, x));
        builder.active("c", "end", "abc", 1e6, 1e6);
        builder.customer("load", "end", "abc", {.active = false});
        builder.inject("load", load);
        builder.voltage_band(v_min, 1.1 * v_slack);
        return builder.build();
    }
    /// At the end where `p` W are injected, on the upper branch of the nose curve.
    static double end_voltage(double p) {
        const double u = v_slack, s = p / 3, half = u * u / 2 + r * s;
        return std::sqrt(half + std::sqrt(half * half - (r * r + x * x) * s * s));
    }
};

TEST(RobustSecureEnvelopes, OfOneCustomerAreThoseOfTheLargestAndTheSmallestLoad) {
    const EnvelopeResult result = solve(TwoBuses::region(), {}, {.forecast_share = 0.2, .forecast_kw = 1});
    ASSERT_EQ(result.status[0], ItemStatus::solved);
    const double lightest = 0.8 * TwoBuses::load + 1e3, heaviest = 1.2 * TwoBuses::load - 1e3;
    EXPECT_NEAR(TwoBuses::end_voltage(result.export_limit[0] + lightest), 1.1 * TwoBuses::v_slack, 1e-4);
    EXPECT_NEAR(TwoBuses::end_voltage(-result.import_limit[0] + heaviest), 0.9 * TwoBuses::v_slack, 1e-4);
    EXPECT_GE(result.secure[0].worst_excess, -1e-6) << "some point of the box is at the limit";
}

TEST(RobustSecureEnvelopes, ABaseCaseThatTheLargestLoadMakesInsecureIsListedAtItsWorst) {
    const RowErrors errors{.forecast_share = 0.2};
    const double lowest = TwoBuses::end_voltage(1.2 * TwoBuses::load);
    for (const double beside : {-0.01, 0.01}) {
        const Region region = TwoBuses::region(lowest + beside);
        const EnvelopeResult result = solve(region, {}, errors);
        EXPECT_EQ(solve(region, {}).status[0], ItemStatus::solved) << "the forecast itself has room";
        EXPECT_EQ(result.status[0], beside < 0 ? ItemStatus::solved : ItemStatus::insecure_base);
        if (beside < 0) continue;
        ASSERT_EQ(result.violations.size(), 3u) << "one of each phase";
        for (const Violation& violation : result.violations) EXPECT_NEAR(violation.value, lowest, 1e-3);
        EXPECT_TRUE(std::isnan(result.export_limit[0]));
    }
}

struct Shape {
    const char* name;
    RandomFeederOptions options;
    RowErrors errors;
    unsigned seeds;
};

void PrintTo(const Shape& shape, std::ostream* out) { *out << shape.name; }

class RobustSecureEnvelopes : public testing::TestWithParam<Shape> {};

TEST_P(RobustSecureEnvelopes, PassNoVoltageLimitAtAnyCornerOfThemAndOfTheErrorsAndAreHeld) {
    int solved = 0, held = 0, shrunk = 0, broken = 0;
    const auto& [name, options, errors, seeds] = GetParam();
    for (unsigned seed = 0; seed < seeds; ++seed) {
        Region region = random_feeder(seed, options);
        for (double& length : region.branch.length) length *= 4;  // voltages rather than caps stop limits
        for (const Policy policy : {Policy::max_min, Policy::total}) {
            const EnvelopeResult result = solve(region, {.policy = policy}, errors),
                                 certain = solve(region, {.policy = policy});
            for (std::size_t step = 0; step < result.step_count; ++step) {
                ASSERT_NE(result.status[step], ItemStatus::uncertified) << "seed " << seed << " step " << step;
                if (!published(result.status[step])) continue;
                ++solved;
                const std::string what = fmt::format("seed {} step {}", seed, step);
                const std::vector<double> worst = plain_worst(region, result, step, errors);
                for (std::size_t r = 0; r < worst.size(); ++r) EXPECT_LE(worst[r], violated) << what << " row " << r;
                shrunk += result.status[step] == ItemStatus::ac_shrunk ? 1 : 0;
                if (result.status[step] != ItemStatus::ac_shrunk)
                    held += expect_held(region, result, step, worst, what);
                if (!published(certain.status[step])) continue;
                const std::vector<double> past = plain_worst(region, certain, step, errors);
                broken += *std::max_element(past.begin(), past.end()) > 1e-4 ? 1 : 0;
            }
        }
    }
    EXPECT_GT(solved, static_cast<int>(seeds)) << "most random feeders must have a secure base case";
    EXPECT_GT(held, solved) << "voltages must hold limits in these feeders";
    EXPECT_GT(2 * broken, solved) << "envelopes that know of no errors must not hold";
    EXPECT_EQ(shrunk, 0);
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, RobustSecureEnvelopes,
    testing::Values(
        Shape{"rated", {.buses = 12, .active = 4, .passive = 5}, {.forecast_share = 0.5}, 4},
        Shape{"lines",
              {.buses = 12, .active = 3, .passive = 3, .ratings = false},
              {.forecast_share = 0.5, .forecast_kw = 1},
              4},
        Shape{"transformer", {.buses = 10, .active = 4, .passive = 4, .transformer = true}, {.forecast_kw = 2}, 4},
        Shape{"delta",
              {.buses = 10, .active = 4, .passive = 4, .delta_customers = true, .ratings = false},
              {.forecast_share = 0.8},
              4}),
    [](const auto& of) { return of.param.name; });

TEST(RobustSecureEnvelopes, LieInsideThoseThatKnowOfNoErrors) {
    int smaller = 0;
    for (unsigned seed = 0; seed < 8; ++seed) {
        const Region region = random_feeder(seed, {.buses = 15, .active = 6, .passive = 8});
        EnvelopeResult last = solve(region, {.policy = Policy::equal});
        for (const double share : {0.2, 0.4}) {
            const EnvelopeResult result = solve(region, {.policy = Policy::equal}, {.forecast_share = share});
            for (std::size_t k = 0; k < result.export_limit.size(); ++k) {
                if (std::isnan(result.export_limit[k]) || std::isnan(last.export_limit[k])) continue;
                EXPECT_LE(result.export_limit[k], last.export_limit[k] + 1.0) << "W; limits are held within 2e-6 p.u.";
                EXPECT_LE(result.import_limit[k], last.import_limit[k] + 1.0);
                smaller += result.export_limit[k] < last.export_limit[k] - 10 ? 1 : 0;
            }
            last = result;
        }
    }
    EXPECT_GT(smaller, 100);
}

TEST(RobustSecureEnvelopes, ReplayCleanWhereOthersDoNot) {
    int violations = 0, replays = 0;
    const RowErrors errors{.forecast_share = 0.3, .forecast_kw = 0.5};
    const ReplaySettings settings{.random_corners = 200, .random_points = 200, .all_corners = true};
    for (unsigned seed = 0; seed < 8; ++seed) {
        const Region region =
            random_feeder(seed, {.buses = 12, .active = 4, .passive = 3, .transformer = seed % 2 == 1});
        const EnvelopeResult result = solve(region, {}, errors), certain = solve(region, {});
        const ReplayResult of_robust = replayed(region, result, errors, settings),
                           of_certain = replayed(region, certain, errors, settings),
                           without_errors = replayed(region, certain, {}, settings);
        for (std::size_t step = 0; step < result.step_count; ++step) {
            if (!published(result.status[step])) continue;
            ++replays;
            EXPECT_TRUE(of_robust.clean(step)) << "seed " << seed << " step " << step;
            EXPECT_TRUE(without_errors.clean(step));
            EXPECT_LE(of_robust.worst_excess[static_cast<std::size_t>(ReplayPoints::all_corners)][step],
                      of_robust.worst_excess[static_cast<std::size_t>(ReplayPoints::searched)][step] + 1e-8);
            violations += of_certain.clean(step) ? 0 : 1;
        }
    }
    EXPECT_GT(replays, 16);
    EXPECT_GT(2 * violations, replays);
}

TEST(RobustSecureEnvelopes, HoldWithReactiveRangesToo) {
    int solved = 0;
    const RowErrors errors{.forecast_share = 0.4};
    for (const Reactive reactive : {Reactive::adversarial, Reactive::joint})
        for (unsigned seed = 0; seed < 6; ++seed) {
            Region region = random_feeder(seed, {.buses = 10, .active = 3, .passive = 4, .ratings = seed % 2 == 0});
            for (const std::size_t c : {0u, 1u}) {
                region.customer.reactive_mode[c] = ReactiveMode::range;
                region.customer.q_inject_max[c] = 3e3;
                region.customer.q_absorb_max[c] = 5e3;
            }
            const AllocationQuestion question{.reactive = reactive, .errors = errors};
            const EnvelopeResult result = solve(region, question, errors);
            const ReplayResult replay = headroom::replay(
                region, region.series.front(), question,
                {result.export_limit, result.import_limit, result.q_inject_limit, result.q_absorb_limit}, {""},
                {.all_corners = true}, {.threads = 1});
            for (std::size_t step = 0; step < result.step_count; ++step) {
                ASSERT_NE(result.status[step], ItemStatus::uncertified) << "seed " << seed << " step " << step;
                if (!published(result.status[step])) continue;
                ++solved;
                EXPECT_TRUE(replay.clean(step)) << "seed " << seed << " step " << step;
            }
        }
    EXPECT_GT(solved, 12);
}

TEST(RobustSecureEnvelopes, WithErrorsOfNothingAreThoseWithoutErrors) {
    // A forecast of zero is never wrong by a share of itself.
    Region region = random_feeder(2, {.buses = 12, .active = 5, .passive = 4});
    for (std::size_t step = 0; step < region.series[0].step_count(); ++step)
        for (std::size_t c = 0; c < region.customer_count(); ++c)
            if (region.customer.active[c] == 0) {
                region.series[0].p_forecast[step * region.customer_count() + c] = 0;
                region.series[0].q_forecast[step * region.customer_count() + c] = 0;
            }
    const EnvelopeResult certain = solve(region, {}), robust = solve(region, {}, {.forecast_share = 0.5});
    EXPECT_EQ(certain.status, robust.status);
    int compared = 0;
    for (std::size_t k = 0; k < certain.export_limit.size(); ++k) {
        if (std::isnan(certain.export_limit[k])) continue;
        ++compared;
        EXPECT_NEAR(certain.export_limit[k], robust.export_limit[k], 1e-3) << "W";
        EXPECT_NEAR(certain.import_limit[k], robust.import_limit[k], 1e-3);
    }
    EXPECT_EQ(compared, 15);
}

TEST(RobustSecureEnvelopes, AreTheSameBytesForAnyThreads) {
    const Region region = random_feeder(3, {.buses = 20, .active = 8, .passive = 10, .steps = 80});
    const RowErrors errors{.forecast_share = 0.3, .forecast_kw = 0.2};
    const EnvelopeResult one = solve(region, {}, errors, 1), two = solve(region, {}, errors, 2);
    EXPECT_EQ(one.status, two.status);
    const ReplayResult first = replayed(region, one, errors, {}, 1), second = replayed(region, two, errors, {}, 2);
    for (std::size_t k = 0; k < one.export_limit.size(); ++k) {
        if (std::isnan(one.export_limit[k])) continue;
        EXPECT_EQ(one.export_limit[k], two.export_limit[k]);
        EXPECT_EQ(one.import_limit[k], two.import_limit[k]);
    }
    for (std::size_t k = 0; k < first.worst_value.size(); ++k)
        if (!std::isnan(first.worst_value[k])) {
            EXPECT_EQ(first.worst_value[k], second.worst_value[k]);
        }
}

TEST(RobustSecureEnvelopes, OfErrorsThatOnlyLinearRowsKnowAreRefused) {
    const Region region = TwoBuses::region();
    EXPECT_THROW(solve(region, {}, {.impedance = 0.1}), std::invalid_argument);
    EXPECT_THROW(solve(region, {}, {.forecast_share = 0.1, .norm = ErrorNorm::ball}), std::invalid_argument);
}

}  // namespace
}  // namespace headroom::test
