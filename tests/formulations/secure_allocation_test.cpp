// Envelopes that are secure in AC, judged by the plain power flow of tests/support at every corner.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <numeric>
#include <ostream>
#include <string>

#include "formulations/envelope/allocation.hpp"
#include "formulations/generate/generate_region.hpp"
#include "formulations/secure/replay.hpp"
#include "tests/support/ac_regions.hpp"
#include "tests/support/feeder_builder.hpp"
#include "tests/support/held_limits.hpp"
#include "tests/support/plain_power_flow.hpp"
#include "tests/support/plain_worst.hpp"
#include "tests/support/random_feeder.hpp"
#include "tests/support/small_region.hpp"

namespace headroom::test {
namespace {

EnvelopeResult solve(const Region& region, AllocationQuestion question, int threads = 1) {
    question.secure = Secure::ac;
    return allocate(region, region.series.front(), question, std::vector<std::string>(region.feeder_count()),
                    {.threads = threads});
}

ReplayResult replayed(const Region& region, const EnvelopeResult& result, const ReplaySettings& settings = {},
                      int threads = 1) {
    return replay(region, region.series.front(), {}, {result.export_limit, result.import_limit, {}, {}},
                  std::vector<std::string>(region.feeder_count()), settings, {.threads = threads});
}

bool published(ItemStatus status) {
    return status == ItemStatus::solved || status == ItemStatus::forecast_not_contained
           || status == ItemStatus::solved_no_worse || status == ItemStatus::ac_shrunk;
}

/// No voltage limit is passed at any corner: worst excess of every row.
std::vector<double> expect_secure(const Region& region, const EnvelopeResult& result, std::size_t step,
                                  const std::string& what) {
    std::vector<double> worst = plain_worst(region, result, step);
    for (std::size_t r = 0; r < worst.size(); ++r) EXPECT_LE(worst[r], violated) << what << " row " << r;
    return worst;
}

struct Shape {
    const char* name;
    RandomFeederOptions options;
    unsigned seeds;
    bool meshed = false;
};

void PrintTo(const Shape& shape, std::ostream* out) { *out << shape.name; }

class SecureEnvelopes : public testing::TestWithParam<Shape> {};

TEST_P(SecureEnvelopes, PassNoVoltageLimitAtAnyCornerAndAreHeld) {
    int solved = 0, held = 0, shrunk = 0;
    for (unsigned seed = 0; seed < GetParam().seeds; ++seed) {
        const Region region =
            GetParam().meshed ? meshed_feeder(seed, GetParam().options) : random_feeder(seed, GetParam().options);
        for (const Policy policy :
             {Policy::max_min, Policy::equal, Policy::kalai_smorodinsky, Policy::proportional, Policy::total}) {
            const EnvelopeResult result = solve(region, {.policy = policy});
            for (std::size_t step = 0; step < result.step_count; ++step) {
                ASSERT_NE(result.status[step], ItemStatus::uncertified) << "seed " << seed << " step " << step;
                if (!published(result.status[step])) continue;
                ++solved;
                const std::string what = fmt::format("seed {} step {}", seed, step);
                const std::vector<double> worst = expect_secure(region, result, step, what);
                if (result.status[step] == ItemStatus::ac_shrunk)
                    ++shrunk;
                else
                    held += expect_held(region, result, step, worst, what);
            }
        }
    }
    EXPECT_GT(solved, static_cast<int>(GetParam().seeds)) << "most random feeders must have a secure base case";
    EXPECT_GT(held, GetParam().options.ratings ? 0 : solved) << "voltages must hold limits in these feeders";
    EXPECT_EQ(shrunk, 0);
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, SecureEnvelopes,
    testing::Values(
        Shape{"rated", {.buses = 12, .active = 5, .passive = 4}, 5},
        Shape{"lines", {.buses = 12, .active = 5, .passive = 4, .ratings = false}, 5},
        Shape{"transformer", {.buses = 10, .active = 5, .passive = 3, .transformer = true}, 5},
        Shape{"delta", {.buses = 10, .active = 5, .passive = 3, .delta_customers = true, .ratings = false}, 5},
        Shape{"meshed", {.buses = 22, .active = 5, .passive = 4, .ratings = false}, 5, true},
        Shape{"meshed_rated", {.buses = 22, .active = 5, .passive = 4}, 5, true}),
    [](const auto& of) { return of.param.name; });

TEST(SecureEnvelopes, ReplayFindsNothingWorseAtAnyCornerThanTheSearch) {
    for (unsigned seed = 0; seed < 8; ++seed) {
        const bool transformer = seed % 2 == 1;
        const Region region = random_feeder(seed, {.buses = 12, .active = 6, .passive = 4, .transformer = transformer});
        const EnvelopeResult result = solve(region, {});
        const ReplayResult replay = replayed(region, result, {.random_points = 200, .all_corners = true});
        for (std::size_t step = 0; step < result.step_count; ++step) {
            if (!published(result.status[step])) continue;
            EXPECT_EQ(replay.status[step], ReplayStatus::replayed);
            EXPECT_EQ(replay.violated[step], 0) << "seed " << seed << " step " << step;
            EXPECT_LE(replay.worst_excess[static_cast<std::size_t>(ReplayPoints::all_corners)][step],
                      replay.worst_excess[static_cast<std::size_t>(ReplayPoints::searched)][step] + 1e-8);
            EXPECT_LE(replay.worst_excess[static_cast<std::size_t>(ReplayPoints::random_points)][step], 1e-6);
        }
    }
}

TEST(SecureEnvelopes, OfMeshesReplayCleanAtEveryCorner) {
    int solved = 0, linear_violations = 0;
    for (unsigned seed = 0; seed < 8; ++seed) {
        const Region region =
            meshed_feeder(seed, {.buses = 22, .active = 6, .passive = 4, .transformer = seed % 2 == 1});
        const EnvelopeResult result = solve(region, {});
        const ReplayResult replay = replayed(region, result, {.all_corners = true});
        for (std::size_t step = 0; step < result.step_count; ++step) {
            if (!published(result.status[step])) continue;
            ++solved;
            EXPECT_EQ(replay.status[step], ReplayStatus::replayed);
            EXPECT_EQ(replay.violated[step], 0) << "seed " << seed << " step " << step;
        }
        const EnvelopeResult linear = allocate(region, region.series.front(), {}, {""}, {.threads = 1});
        const ReplayResult of_linear = replayed(region, linear);
        linear_violations += std::accumulate(of_linear.violated.begin(), of_linear.violated.end(), 0);
    }
    EXPECT_GT(solved, 12);
    EXPECT_GT(linear_violations, 0) << "else the replay shows nothing";
}

TEST(SecureEnvelopes, LinearOnesOfTheSameFeedersAreViolatedInReplay) {
    int violations = 0;
    for (unsigned seed = 0; seed < 8; ++seed) {
        const Region region = random_feeder(seed, {.buses = 12, .active = 6, .passive = 4});
        const EnvelopeResult linear = allocate(region, region.series.front(), {}, {""}, {.threads = 1});
        const ReplayResult replay = replayed(region, linear);
        violations += std::accumulate(replay.violated.begin(), replay.violated.end(), 0);
    }
    EXPECT_GT(violations, 0) << "else the tests above show nothing";
}

TEST(Replay, OfALargeFeederOneStepAndSomeLimitsAtATimeFindsTheSame) {
    int compared = 0;
    for (unsigned seed = 0; seed < 12; ++seed) {
        const Region region = random_feeder(seed, {.buses = 120,
                                                   .active = 14,
                                                   .passive = 30,
                                                   .transformer = seed % 2 == 1,
                                                   .delta_customers = seed % 3 == 0});
        for (const AllocationQuestion& question : {AllocationQuestion{}, AllocationQuestion{.secure = Secure::ac}}) {
            const EnvelopeResult result = allocate(region, region.series.front(), question, {""}, {.threads = 1});
            const ReplayResult all = replayed(region, result), some = replayed(region, result, {.together = 0}),
                               threads = replayed(region, result, {.together = 0}, 3);
            ASSERT_GT(all.rows.size(), 64u) << "else they are all of the limits";
            EXPECT_EQ(some.violated, all.violated);
            EXPECT_EQ(some.worst_value, threads.worst_value);
            for (std::size_t k = 0; k < all.worst_value.size(); ++k) {
                const double limit = all.rows.limit[k % all.rows.size()];
                if (!(std::abs(all.worst_value[k] / limit - 1) < 0.01)) continue;
                EXPECT_NEAR(some.worst_value[k] / limit, all.worst_value[k] / limit, 1e-6) << "seed " << seed;
                ++compared;
            }
        }
    }
    EXPECT_GT(compared, 100);
}

EnvelopeResult aligned(const Region& region, const AllocationQuestion& question = {.secure = Secure::ac}) {
    return allocate(region, region.series.front(), question, {""},
                    {.threads = 1, .secure = {.corners = Corners::aligned}});
}

/// Worst excess of all voltage limits in the plain power flow with everything up, and with everything down.
double plain_aligned(const Region& region, const EnvelopeResult& result, std::size_t step) {
    double worst = -INFINITY;
    Region at = region;
    const std::size_t first = step * region.customer_count();
    for (const bool up : {false, true}) {
        for (std::size_t c = 0; c < region.customer_count(); ++c)
            if (region.customer.active[c] != 0)
                at.series.front().p_forecast[first + c] =
                    up ? result.export_limit[first + c] : -result.import_limit[first + c];
        PlainPowerFlow flow(at, step);
        EXPECT_TRUE(flow.solve());
        for (std::size_t r = 0; r < result.rows.size(); ++r) {
            if (result.rows.branch[r] >= 0) continue;
            const auto bus = static_cast<std::size_t>(result.rows.bus[r]);
            const double base =
                region.bus.base_voltage[bus] * (result.rows.phases[r].size() == 2 ? std::sqrt(3.0) : 1.0);
            const double above =
                (plain_magnitude(flow, result.rows.bus[r], result.rows.phases[r]) - result.rows.limit[r]) / base;
            worst = std::max(worst, result.rows.kind[r] == RowKind::voltage_max ? above : -above);
        }
    }
    return worst;
}

TEST(AlignedCorners, HoldThereAndNowhereElse) {
    int solved = 0, missed = 0;
    for (unsigned seed = 0; seed < 6; ++seed) {
        const Region region = random_feeder(seed, {.buses = 12, .active = 5, .passive = 4, .ratings = false});
        const EnvelopeResult result = aligned(region), searched = solve(region, {});
        for (std::size_t step = 0; step < result.step_count; ++step) {
            EXPECT_EQ(published(result.status[step]), published(searched.status[step]));
            if (!published(result.status[step])) continue;
            ++solved;
            EXPECT_EQ(result.secure[step].flips, 0);
            EXPECT_LE(plain_aligned(region, result, step), violated) << "seed " << seed << " step " << step;
            const std::vector<double> worst = plain_worst(region, result, step);
            if (*std::ranges::max_element(worst) > violated) ++missed;
        }
    }
    EXPECT_GT(solved, 6);
    EXPECT_GT(missed, solved / 4) << "phases of unbalanced feeders push each other's voltages the other way";
}

/// At the end of a line of 0.3 + j 0.2 ohm.
Region one_customer() {
    FeederBuilder builder(230.0);
    builder.bus("end", "a", 230.0);
    builder.line("slack", "end", "a", PhaseImpedance::uncoupled(0.3, 0.2));
    builder.active("c", "end", "a", 100e3, 100e3);
    builder.voltage_band(0.9 * 230, 1.1 * 230);
    return builder.build();
}

TEST(AlignedCorners, OfOneCustomerAreAllThereAre) {
    const Region region = one_customer();
    const EnvelopeResult result = aligned(region), searched = solve(region, {});
    ASSERT_EQ(result.status[0], ItemStatus::solved);
    EXPECT_NEAR(result.export_limit[0], searched.export_limit[0], 1.0);
    EXPECT_NEAR(result.import_limit[0], searched.import_limit[0], 1.0);
}

TEST(AlignedCorners, TakeReactiveRangesAtBothEnds) {
    // x = 0.2 ohm: what the customer injects lifts its voltage, what it absorbs lowers it, whatever its active power.
    Region region = one_customer();
    region.customer.reactive_mode[0] = ReactiveMode::range;
    region.customer.q_inject_max[0] = region.customer.q_absorb_max[0] = 5e3;
    const EnvelopeResult result = aligned(region), searched = solve(region, {});
    ASSERT_EQ(result.status[0], ItemStatus::solved);
    EXPECT_NEAR(result.export_limit[0], searched.export_limit[0], 1.0);
    EXPECT_NEAR(result.import_limit[0], searched.import_limit[0], 1.0);
}

/// One three-phase customer behind one uncoupled line, of 0.3 + j 0.2 ohm.
struct TwoBuses {
    static constexpr double r = 0.3, x = 0.2, v_slack = 230.0;
    FeederBuilder builder{v_slack};

    explicit TwoBuses(double cap, double v_min = 0.9 * v_slack, double v_max = 1.1 * v_slack) {
        builder.bus("end", "abc", v_slack);
        builder.line("slack", "end", "abc", PhaseImpedance::uncoupled(r, x));
        builder.active("c", "end", "abc", cap, cap);
        builder.voltage_band(v_min, v_max);
    }
};

TEST(SecureEnvelopes, OfOneCustomerAreThoseOfTheFormula) {
    TwoBuses two(1e6);
    const EnvelopeResult result = solve(two.builder.build(), {});
    ASSERT_EQ(result.status[0], ItemStatus::solved);
    const double up = 1.1 * TwoBuses::v_slack, down = 0.9 * TwoBuses::v_slack;
    const auto end_voltage = [](double p) {  // of the upper branch of the nose curve
        const double r = TwoBuses::r, x = TwoBuses::x, u = TwoBuses::v_slack, s = p / 3;
        const double half = u * u / 2 + r * s;
        return std::sqrt(half + std::sqrt(half * half - (r * r + x * x) * s * s));
    };
    EXPECT_NEAR(end_voltage(result.export_limit[0]), up, 1e-6 * TwoBuses::v_slack);
    EXPECT_NEAR(end_voltage(-result.import_limit[0]), down, 1e-6 * TwoBuses::v_slack);
}

TEST(SecureEnvelopes, StayOnThisSideOfTheNose) {
    // Half of the voltage is beyond the largest power that the line carries (v_slack / 2 at unity power factor and
    // r >> x): the linear limit has no power flow.
    TwoBuses two(1e6, 0.62 * TwoBuses::v_slack, 2.0 * TwoBuses::v_slack);
    const EnvelopeResult result = solve(two.builder.build(), {});
    ASSERT_TRUE(published(result.status[0]));
    const ReplayResult replay = replayed(two.builder.build(), result, {.all_corners = true});
    EXPECT_EQ(replay.violated[0], 0);
    EXPECT_EQ(replay.status[0], ReplayStatus::replayed);
    EXPECT_GT(result.import_limit[0], 0);
}

/// A passive load that brings the end to about 0.95 p.u. in AC, less in the lossless linear model.
FeederBuilder loaded(double v_min) {
    TwoBuses two(10e3, v_min);
    two.builder.customer("load", "end", "abc", {.active = false});
    two.builder.inject("load", -25e3);
    return two.builder;
}

TEST(SecureEnvelopes, BaseCasesAreJudgedInAc) {
    FeederBuilder probe = loaded(100.0);
    const Region region = probe.build();
    const ReplayResult at_base =
        replay(region, region.series.front(), {}, {{0.0, NAN}, {0.0, NAN}, {}, {}}, {""}, {}, {.threads = 1});
    double lowest = 0;
    for (std::size_t r = 0; r < at_base.rows.size(); ++r)
        if (at_base.rows.kind[r] == RowKind::voltage_min) lowest = at_base.worst_value[r];
    ASSERT_GT(lowest, 200);

    const Region insecure = loaded(lowest + 0.01).build(), secure = loaded(lowest - 0.01).build();

    EXPECT_EQ(solve(insecure, {}).status[0], ItemStatus::insecure_base);
    EXPECT_EQ(allocate(insecure, insecure.series.front(), {}, {""}, {.threads = 1}).status[0], ItemStatus::solved)
        << "the linear model does not see it";
    const EnvelopeResult result = solve(insecure, {});
    ASSERT_FALSE(result.violations.empty());
    EXPECT_NEAR(result.violations[0].value, lowest, 1e-3);
    EXPECT_TRUE(std::isnan(result.export_limit[0]));
    EXPECT_EQ(solve(secure, {}).status[0], ItemStatus::solved);
}

TEST(SecureEnvelopes, MakeAnInsecureBaseCaseNoWorseWhereAsked) {
    const Region region = loaded(222.0).build();
    const EnvelopeResult result = solve(region, {.insecure_base = InsecureBase::no_worse});
    ASSERT_EQ(result.status[0], ItemStatus::solved_no_worse);
    EXPECT_NEAR(result.import_limit[0], 0.0, 1e-3);
    EXPECT_GT(result.export_limit[0], 1e3);
}

TEST(SecureEnvelopes, TellForecastsThatWorsenAnInsecureBaseCaseFromThere) {
    FeederBuilder builder = loaded(222.0);
    builder.inject("c", -5e3);

    const EnvelopeResult result = solve(builder.build(), {.insecure_base = InsecureBase::no_worse});

    ASSERT_EQ(result.status[0], ItemStatus::solved_no_worse);
    EXPECT_NEAR(result.import_limit[0], 0.0, 1e-3);
    ASSERT_EQ(result.violations.size(), 6U) << "of each phase the base case, and the forecast";
    for (int phase = 0; phase < 3; ++phase)
        EXPECT_LT(result.violations[3 + phase].value, result.violations[phase].value - 0.5)
            << "V, and the lower is worse";
}

TEST(SecureEnvelopes, ScaleForecastsThatDoNotFit) {
    TwoBuses two(1e6);
    two.builder.inject("c", 200e3);
    const EnvelopeResult result = solve(two.builder.build(), {});
    ASSERT_EQ(result.status[0], ItemStatus::forecast_not_contained);
    ASSERT_FALSE(result.violations.empty());
    EXPECT_EQ(result.rows.kind[static_cast<std::size_t>(result.violations[0].row)], RowKind::voltage_max);
    EXPECT_EQ(replayed(two.builder.build(), result).violated[0], 0);
}

/// A random feeder whose first two active customers may choose their reactive power.
Region feeder_with_ranges(unsigned seed) {
    Region region = random_feeder(seed, {.buses = 10, .active = 4, .passive = 3, .ratings = seed % 2 == 0});
    int chosen = 0;
    for (std::size_t c = 0; c < region.customer_count() && chosen < 2; ++c) {
        if (region.customer.active[c] == 0) continue;
        region.customer.reactive_mode[c] = ReactiveMode::range;
        region.customer.q_inject_max[c] = 3e3;
        region.customer.q_absorb_max[c] = 5e3;
        ++chosen;
    }
    return region;
}

TEST(SecureEnvelopes, HoldAtAnyReactivePowerOfARange) {
    int solved = 0;
    for (const Reactive reactive : {Reactive::adversarial, Reactive::joint})
        for (unsigned seed = 0; seed < 8; ++seed) {
            const Region region = feeder_with_ranges(seed);
            const AllocationQuestion question{.reactive = reactive};
            const EnvelopeResult result = solve(region, question);
            const ReplayResult replay = headroom::replay(
                region, region.series.front(), question,
                {result.export_limit, result.import_limit, result.q_inject_limit, result.q_absorb_limit}, {""},
                {.random_points = 200, .all_corners = true}, {.threads = 1});
            for (std::size_t step = 0; step < result.step_count; ++step) {
                ASSERT_NE(result.status[step], ItemStatus::uncertified) << "seed " << seed << " step " << step;
                if (!published(result.status[step])) continue;
                ++solved;
                EXPECT_EQ(replay.violated[step], 0) << "seed " << seed << " step " << step;
                EXPECT_EQ(replay.status[step], ReplayStatus::replayed);
            }
        }
    EXPECT_GT(solved, 16);
}

TEST(SecureEnvelopes, FollowVoltVarCurvesInsteadOfTheirWholeRange) {
    int solved = 0, wider = 0;
    for (unsigned seed = 0; seed < 10; ++seed) {
        Region region = random_feeder(seed, {.buses = 12, .active = 5, .passive = 4, .transformer = seed % 2 == 0});
        add_curves(region, true);
        const EnvelopeResult result = solve(region, {});
        Region ranges = region;  // what the curves could do at worst
        for (std::size_t c = 0; c < region.customer_count(); ++c)
            if (region.customer.active[c] != 0 && region.customer.reactive_mode[c] == ReactiveMode::volt_var)
                ranges.customer.reactive_mode[c] = ReactiveMode::range;
        const EnvelopeResult at_worst = solve(ranges, {});
        for (std::size_t step = 0; step < result.step_count; ++step) {
            ASSERT_NE(result.status[step], ItemStatus::uncertified) << "seed " << seed << " step " << step;
            if (!published(result.status[step])) continue;
            ++solved;
            const std::string what = fmt::format("seed {} step {}", seed, step);
            expect_held(region, result, step, expect_secure(region, result, step, what), what);
            for (std::size_t c = 0; c < region.customer_count(); ++c) {
                const std::size_t at = step * region.customer_count() + c;
                if (region.customer.active[c] == 0) continue;
                if (!(result.export_limit[at] <= at_worst.export_limit[at] + 1.0)) ++wider;  // NaN: none at all
            }
        }
    }
    EXPECT_GT(solved, 15);
    EXPECT_GT(wider, solved) << "curves that help must be worth something";
}

TEST(SecureEnvelopes, OfEveryKindOfCustomerReplayClean) {
    const Region region = small_region(1);  // wye, delta, volt-var, power factor, ZIP; transformer, regulators, shunt
    const EnvelopeResult result = solve(region, {});
    const ReplayResult replay = replayed(region, result, {.all_corners = true});
    int solved = 0;
    for (std::size_t step = 0; step < result.step_count; ++step) {
        if (!published(result.status[step])) continue;
        ++solved;
        EXPECT_EQ(replay.violated[step], 0) << "step " << step;
    }
    EXPECT_GT(solved, 0);
}

TEST(SecureEnvelopes, OfManyStepsLearnFromEachOtherWhatReplaysTryEverywhere) {
    int solved = 0;
    for (unsigned seed = 0; seed < 6; ++seed) {
        const Region region =
            random_feeder(seed, {.buses = 14, .active = 7, .passive = 5, .transformer = seed % 2 == 0, .steps = 40});
        for (const Policy policy : {Policy::max_min, Policy::total}) {
            const EnvelopeResult result = solve(region, {.policy = policy});
            const ReplayResult replay = replayed(region, result, {.all_corners = true});
            for (std::size_t step = 0; step < result.step_count; ++step) {
                if (!published(result.status[step])) continue;
                ++solved;
                EXPECT_EQ(replay.violated[step], 0) << "seed " << seed << " step " << step;
            }
        }
    }
    EXPECT_GT(solved, 300);
}

/// A generated feeder one of whose worst points is hard to find.
struct Hiding {
    std::uint64_t seed;
    std::int64_t feeder;
    double reactive_share;
    const char* where;
};

TEST(SecureEnvelopes, OfFeedersWhereWorstPointsHideReplayClean) {
    for (const Hiding& hiding : {
             Hiding{78, 27, 0.5, "a customer of another phase, who makes the voltage worse at either end of his range"},
             Hiding{209, 8, 0.5, "the same, with a curve that does so in one step only"},
             Hiding{101, 16, 1, "the ridge of two curves, whose customers are both inside their ranges"},
         }) {
        const Region region = generate_region({.seed = hiding.seed,
                                               .feeder_first = hiding.feeder,
                                               .reactive_share = hiding.reactive_share,
                                               .threads = 1});
        const EnvelopeResult result = solve(region, {}, 2);
        const ReplayResult replay = replayed(region, result, {.random_corners = 0, .random_points = 0}, 2);
        int solved = 0;
        for (std::size_t step = 0; step < result.step_count; ++step) {
            if (!published(result.status[step])) continue;
            ++solved;
            EXPECT_EQ(replay.violated[step], 0)
                << hiding.where << ": seed " << hiding.seed << " step " << step << " " << replay.excess(step);
        }
        EXPECT_GT(solved, 80) << hiding.where;
    }
}

TEST(SecureEnvelopes, HoldTheRatingOfASwitchOfNoImpedance) {
    FeederBuilder builder(230.0);
    for (const char* bus : {"near", "link", "far"}) builder.bus(bus, "abc", 230.0);
    builder.line("slack", "near", "abc", PhaseImpedance::uncoupled(0.0, 0.0), 1.0, 12.0);
    builder.line("near", "link", "abc", PhaseImpedance::uncoupled(0.05, 0.02));
    builder.line("link", "far", "abc", PhaseImpedance::uncoupled(0.05, 0.02));
    builder.region().branch.kind[0] = BranchKind::circuit_switch;
    builder.active("c", "far", "a", 10e3, 10e3);
    const Region region = builder.build();

    const EnvelopeResult result = solve(region, {});

    ASSERT_EQ(result.status[0], ItemStatus::solved);
    // All that far takes goes through the switch, at the voltage that is left there: 0.1 + j 0.04 ohm at 12 A.
    const auto watts = [](double amperes) {
        const std::complex<double> v = 230.0 + amperes * std::complex<double>(0.1, 0.04);
        return std::real(v * amperes * std::polar(1.0, -std::arg(v)));
    };
    EXPECT_NEAR(result.import_limit[0], 12.0 * 230.0 - 144.0 * 0.1, 3.0);
    EXPECT_NEAR(result.export_limit[0], watts(12.0), 3.0);
    EXPECT_EQ(replayed(region, result, {.all_corners = true}).violated[0], 0);
}

// At 1.08 p.u. 50 A are 12.4 kV A, which is more than 12 kV A, though 11.5 kV A at the base voltage.
TEST(SecureEnvelopes, HoldPowersThatCurrentsHoldOnlyAtTheBaseVoltage) {
    FeederBuilder builder(230.0);
    for (const char* bus : {"near", "far"}) builder.bus(bus, "a", 230.0);
    builder.line("slack", "near", "a", PhaseImpedance::uncoupled(0.01, 0.0));
    builder.line("near", "far", "a", PhaseImpedance::uncoupled(0.02, 0.0), 1.0, 50.0);
    builder.region().branch.rating_power[0] = 12e3;
    builder.voltage_band(0.5 * 230, 1.5 * 230);
    builder.active("c", "far", "a", 20e3, 20e3);
    const Region region = builder.build(1, 1.08);

    const EnvelopeResult result = solve(region, {});

    ASSERT_EQ(result.status[0], ItemStatus::solved);
    const double amperes = 12e3 / (1.08 * 230);  // powers of a branch are those at the end nearer to the source
    EXPECT_NEAR(result.import_limit[0], 12e3 - 0.03 * amperes * amperes, 0.1);
    EXPECT_NEAR(result.export_limit[0], 12e3 + 0.03 * amperes * amperes, 0.1);
    EXPECT_EQ(replayed(region, result, {.all_corners = true}).violated[0], 0);
}

TEST(Replay, RefusesLimitsThatAreNotThoseOfTheCase) {
    const Region region = feeder_with_ranges(1);
    const std::vector<double> limits(region.series.front().step_count() * region.customer_count(), 0.0);
    const auto replay_of = [&](const ReplayedLimits& replayed_limits) {
        return headroom::replay(region, region.series.front(), {.reactive = Reactive::joint}, replayed_limits, {""}, {},
                                {.threads = 1});
    };
    EXPECT_THROW(replay_of({limits, limits, {}, {}}), std::invalid_argument) << "joint limits are missing";
    EXPECT_THROW(replay_of({limits, {0.0}, limits, limits}), std::invalid_argument);
    EXPECT_NO_THROW(replay_of({limits, limits, limits, limits}));
}

// Limits of zero leave the base case, which the plain power flow of the tests solves with OpenDSS's window too.
TEST(Replay, ChangesLoadsOutsideTheWindowOfOpenDssWhereAsked) {
    int beyond = 0;
    for (unsigned seed = 1; seed <= 6; ++seed) {
        Region region = mixed_feeder(seed, 2.0);
        for (std::size_t c = 0; c < region.customer_count(); ++c)
            if (region.customer.active[c] != 0) region.series[0].p_forecast[c] = 0.0;
        const std::vector<double> limits(region.series[0].step_count() * region.customer_count(), 0.0);
        const auto lowest = [&](const std::optional<LoadWindow>& window) {
            return headroom::replay(region, region.series[0], {}, {limits, limits, {}, {}}, {""}, {.window = window},
                                    {.threads = 1});
        };
        const LoadWindow narrow{.v_min = 0.995, .v_max = 1.005};
        const ReplayResult with = lowest(narrow), without = lowest({});
        PlainPowerFlow windowed(region, 0, narrow.v_min, narrow.v_max), plain(region, 0);
        ASSERT_TRUE(windowed.solve() && plain.solve()) << seed;
        for (std::size_t r = 0; r < with.rows.size(); ++r) {
            if (with.rows.kind[r] != RowKind::voltage_min) continue;
            const int bus = with.rows.bus[r];
            const double base = region.bus.base_voltage[static_cast<std::size_t>(bus)];
            EXPECT_NEAR(with.worst_value[r], plain_magnitude(windowed, bus, with.rows.phases[r]), 1e-6 * base) << seed;
            EXPECT_NEAR(without.worst_value[r], plain_magnitude(plain, bus, with.rows.phases[r]), 1e-6 * base) << seed;
            if (std::abs(with.worst_value[r] - without.worst_value[r]) > 1e-5 * base) ++beyond;
        }
    }
    EXPECT_GT(beyond, 10) << "some voltages must be outside of the window";
}

// Limits not asked for stand at their start, and no row has stopped them there.
TEST(SecureEnvelopes, OfOneDirectionAreHeldUnderEveryPolicy) {
    int solved = 0, held = 0;
    for (unsigned seed = 0; seed < 4; ++seed) {
        const Region region = random_feeder(seed, {.buses = 12, .active = 5, .passive = 4, .ratings = false});
        for (const Policy policy : {Policy::max_min, Policy::proportional, Policy::weighted, Policy::total})
            for (const bool exports : {true, false}) {
                const EnvelopeResult result =
                    solve(region, {.policy = policy, .export_asked = exports, .import_asked = !exports});
                const std::string what = fmt::format("seed {} policy {}", seed, static_cast<int>(policy));
                for (std::size_t step = 0; step < result.step_count; ++step) {
                    ASSERT_NE(result.status[step], ItemStatus::ac_shrunk) << what;
                    ASSERT_NE(result.status[step], ItemStatus::uncertified) << what;
                    if (!published(result.status[step])) continue;
                    ++solved;
                    held += expect_held(region, result, step, expect_secure(region, result, step, what), what);
                }
            }
    }
    EXPECT_GT(solved, 32);
    EXPECT_GT(held, solved / 2) << "voltages must hold limits in these feeders";
}

// 2 kW of one customer behind a few milliohms: no row is ever near, so that none is part of the program.
TEST(SecureEnvelopes, OfOneDirectionReachCapsThatNoRowIsNear) {
    FeederBuilder builder(230.0);
    builder.bus("end", "abc", 230.0);
    builder.line("slack", "end", "abc", PhaseImpedance::uncoupled(0.005, 0.002));
    builder.active("c", "end", "abc", 2e3, 3e3);
    const Region region = builder.build();
    for (const FlowModel flow : {FlowModel::lin_dist3_flow, FlowModel::linearised_ac})
        for (const Policy policy : {Policy::max_min, Policy::proportional, Policy::total})
            for (const bool exports : {true, false}) {
                AllocationQuestion question{
                    .flow = flow, .policy = policy, .export_asked = exports, .import_asked = !exports};
                if (flow == FlowModel::lin_dist3_flow) question.secure = Secure::ac;

                const EnvelopeResult result = allocate(region, region.series.front(), question, {""}, {.threads = 1});

                ASSERT_EQ(result.status[0], ItemStatus::solved) << static_cast<int>(policy);
                EXPECT_DOUBLE_EQ(result.export_limit[0], exports ? 2e3 : 0.0);
                EXPECT_DOUBLE_EQ(result.import_limit[0], exports ? 0.0 : 3e3);
                EXPECT_EQ(result.export_binding_row[0], exports ? binding::cap : binding::not_asked);
                EXPECT_EQ(result.import_binding_row[0], exports ? binding::not_asked : binding::cap);
            }
}

TEST(SecureEnvelopes, OfAFeederWithoutCustomersAreNone) {
    FeederBuilder builder(230.0);
    builder.bus("end", "abc", 230.0);
    builder.line("slack", "end", "abc", PhaseImpedance::uncoupled(0.3, 0.2));
    const Region region = builder.build();

    const EnvelopeResult result = solve(region, {});

    EXPECT_EQ(result.status[0], ItemStatus::solved);
    EXPECT_EQ(replayed(region, result).status[0], ReplayStatus::no_limits);
}

TEST(SecureEnvelopes, AreTheSameBytesForAnyThreads) {
    const Region region = random_feeder(3, {.buses = 20, .active = 8, .passive = 6, .steps = 80});
    const EnvelopeResult one = solve(region, {}, 1), two = solve(region, {}, 2);
    EXPECT_EQ(one.status, two.status);
    for (std::size_t k = 0; k < one.export_limit.size(); ++k) {
        if (std::isnan(one.export_limit[k])) continue;
        EXPECT_EQ(one.export_limit[k], two.export_limit[k]);
        EXPECT_EQ(one.import_limit[k], two.import_limit[k]);
    }
}

TEST(SecureEnvelopes, TellWhatTheyTook) {
    const Region region = random_feeder(1, {.buses = 12, .active = 5, .passive = 4});
    const EnvelopeResult result = solve(region, {});
    ASSERT_EQ(result.secure.size(), result.status.size());
    for (std::size_t step = 0; step < result.step_count; ++step) {
        if (!published(result.status[step])) continue;
        EXPECT_GT(result.secure[step].rounds, 0);
        EXPECT_GT(result.secure[step].flows, 2);
        EXPECT_LE(result.secure[step].worst_excess, 1e-6);
        EXPECT_LE(result.secure[step].loosest_hold, 1e-3);
    }
}

}  // namespace
}  // namespace headroom::test
