// The nonlinear allocation against pencil, brute force and the AC-corrected envelopes.

#include "formulations/nlp/ac_allocation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "formulations/envelope/allocation.hpp"
#include "formulations/secure/replay.hpp"
#include "tests/support/feeder_builder.hpp"
#include "tests/support/plain_worst.hpp"
#include "tests/support/random_feeder.hpp"

namespace headroom::test {
namespace {

constexpr std::array policies{Policy::total, Policy::proportional, Policy::equal};

AllocationQuestion asked(Policy policy) { return {.policy = policy, .contain = Contain::zero}; }

AcAllocationAnswer solve(const Region& region, const AllocationQuestion& question,
                         const AcAllocationSettings& settings = {}) {
    const FeederAllocation linear(region, 0, region.series.front(), question);
    return AcAllocation(region, linear, settings).solve(region.series.front(), 0);
}

/// Limits in the order of columns as a replay wants them.
ReplayedLimits as_limits(const Region& region, const AllocationQuestion& question, const std::vector<double>& limit) {
    const FeederAllocation linear(region, 0, region.series.front(), question);
    const std::vector<double> none(region.customer_count(), std::nan(""));
    ReplayedLimits limits{none, none, {}, {}};
    for (std::size_t c = 0; c < limit.size(); ++c) {
        const LimitColumn column = linear.rows().columns()[c];
        const auto customer = static_cast<std::size_t>(linear.rows().active()[static_cast<std::size_t>(column.active)]);
        auto& of_kind = column.kind == LimitKind::export_power ? limits.export_limit : limits.import_limit;
        of_kind[customer] = 1e3 * limit[c];
    }
    return limits;
}

/// Largest excess at all corners, per unit.
double worst_corner_excess(const Region& region, const AllocationQuestion& question, const std::vector<double>& limit) {
    const ReplayResult replayed = replay(region, region.series.front(), question, as_limits(region, question, limit),
                                         {""}, {.all_corners = true}, {.threads = 1});
    return replayed.excess(0);
}

/// The same of voltages in the plain power flow of tests/support, which shares nothing with what was optimised.
double plain_worst_voltage(const Region& region, const AllocationQuestion& question, const std::vector<double>& limit) {
    EnvelopeResult result = allocate(region, region.series.front(), question, {""}, {.threads = 1});
    const ReplayedLimits limits = as_limits(region, question, limit);
    result.export_limit = limits.export_limit;
    result.import_limit = limits.import_limit;
    return std::ranges::max(plain_worst(region, result, 0));
}

Region small_feeder(unsigned seed, bool ratings) {
    return random_feeder(seed,
                         {.buses = 12, .active = 6, .delta_customers = seed % 2 == 0, .ratings = ratings, .steps = 1});
}

// slack --r-- x (customer, phase a), 100 A: exporting the current meets 230 V + 100 A r, importing it 230 V - 100 A r.
TEST(AcAllocation, CurrentBindsExportsAndImportsAtTheirOwnVoltages) {
    constexpr double base = 230, r = 0.05, rating = 100;
    FeederBuilder builder(base);
    builder.bus("x", "abc", base);
    builder.line("slack", "x", "abc", PhaseImpedance::uncoupled(r, 0), 1.0, rating);
    builder.active("x", "x", "a", 100e3, 100e3);
    builder.voltage_band(0.5 * base, 1.5 * base);

    const AcAllocationAnswer answer = solve(builder.build(), asked(Policy::total));

    EXPECT_EQ(answer.status, AcAllocationStatus::solved);
    EXPECT_NEAR(answer.limit[0], rating * (base + rating * r) / 1e3, 1e-6);
    EXPECT_NEAR(answer.limit[1], rating * (base - rating * r) / 1e3, 1e-6);
    EXPECT_NEAR(answer.objective, 2 * rating * base / 1e3, 1e-6);
}

// slack --r-- x (two customers) at most u: with export e at x,  u (u - base) = r e  whoever exports it.
TEST(AcAllocation, PoliciesShareTheExportThatTheVoltageAllows) {
    constexpr double base = 230, r = 0.1, u = 1.1 * base, room_kw = u * (u - base) / r / 1e3;
    FeederBuilder builder(base);
    builder.bus("x", "a", base);
    builder.line("slack", "x", "a", PhaseImpedance::uncoupled(r, 0));
    builder.active("small", "x", "a", 0.2e3 * room_kw, 0);
    builder.active("large", "x", "a", 100e3, 0);
    builder.voltage_band(0.5 * base, u);
    const Region region = builder.build();

    const auto exports = [&](Policy policy) {
        AllocationQuestion question = asked(policy);
        question.import_asked = false;
        const AcAllocationAnswer answer = solve(region, question);
        EXPECT_EQ(answer.status, AcAllocationStatus::solved);
        return std::pair{answer.limit[0], answer.limit[1]};
    };

    for (const Policy policy : {Policy::proportional, Policy::equal}) {  // the small one's cap is below its half
        const auto [small, large] = exports(policy);
        EXPECT_NEAR(small, 0.2 * room_kw, 1e-5);
        EXPECT_NEAR(large, 0.8 * room_kw, 1e-5);
    }
    const auto [small, large] = exports(Policy::total);
    EXPECT_NEAR(small + large, room_kw, 1e-5);
}

TEST(AcAllocation, AnswersHoldAtAllCorners) {
    int solved = 0;
    for (const Policy policy : policies)
        for (unsigned seed = 1; seed <= 6; ++seed) {
            const Region region = small_feeder(seed, true);
            const AcAllocationAnswer answer = solve(region, asked(policy));
            ASSERT_EQ(answer.status, AcAllocationStatus::solved) << "seed " << seed << ": " << answer.reason;
            ++solved;

            EXPECT_LE(worst_corner_excess(region, asked(policy), answer.limit), 1e-6) << "seed " << seed;
            EXPECT_LE(plain_worst_voltage(region, asked(policy), answer.limit), 1.1e-6) << "seed " << seed;
        }
    EXPECT_EQ(solved, 18);
}

TEST(AcAllocation, AnswersDoNotDependOnWhereTheSearchBegins) {
    for (const Policy policy : policies)
        for (unsigned seed = 1; seed <= 6; ++seed) {
            const Region region = small_feeder(seed, true);

            const double far = solve(region, asked(policy), {.begin = {0.9}}).objective,
                         close = solve(region, asked(policy), {.begin = {0.2}}).objective;

            // The total may have local optima (below): then the better one is what is told.
            const double told = solve(region, asked(policy)).objective;
            EXPECT_NEAR(told, std::max(far, close), 1e-7 * std::abs(far)) << "seed " << seed;
            EXPECT_NEAR(far, close, (policy == Policy::total ? 5e-4 : 1e-7) * std::abs(far)) << "seed " << seed;
        }
}

// The windings of a transformer hold exports and imports at once: the sum has several local optima, here 199.3 and
// 199.6 kW.
TEST(AcAllocation, TheBestOfSeveralBeginningsCounts) {
    const Region region =
        random_feeder(135, {.buses = 15, .active = 8, .transformer = true, .ratings = false, .steps = 1});
    const double far = solve(region, asked(Policy::total), {.begin = {0.9}}).objective,
                 close = solve(region, asked(Policy::total), {.begin = {0.1}}).objective;

    const double best = solve(region, asked(Policy::total)).objective;

    EXPECT_GT(std::abs(far - close), 0.1);
    EXPECT_NEAR(best, std::max(far, close), 1e-6);
}

/// What a policy maximises, of corrected envelopes; none where they are not published.
std::optional<double> corrected_objective(const Region& region, AllocationQuestion question) {
    question.secure = Secure::ac;
    const EnvelopeResult result = allocate(region, region.series.front(), question, {""}, {.threads = 1});
    if (result.status[0] != ItemStatus::solved) return std::nullopt;
    double sum = 0, logs = 0;
    for (const auto* limits : {&result.export_limit, &result.import_limit})
        for (const double limit : *limits)
            if (!std::isnan(limit)) sum += limit / 1e3, logs += std::log(limit / 1e3);
    return question.policy == Policy::total ? sum : question.policy == Policy::proportional ? logs : result.level[0];
}

// Where branches hold exports and imports at once, the total has local optima, and rows of earlier rounds that stay
// where answers go round in a circle: up to 5e-4 of it.
TEST(AcAllocation, CorrectedEnvelopesReachIt) {
    int compared = 0;
    for (const Policy policy : policies)
        for (unsigned seed = 1; seed <= 9; ++seed)
            for (const bool ratings : {false, true}) {
                const Region region = small_feeder(seed, ratings);
                const AcAllocationAnswer best = solve(region, asked(policy));
                const std::optional<double> corrected = corrected_objective(region, asked(policy));

                EXPECT_EQ(best.status, AcAllocationStatus::solved) << "seed " << seed;
                if (!corrected) continue;
                ++compared;
                const double tolerance = policy == Policy::total && ratings ? 1e-3 : 1e-5;
                EXPECT_NEAR(*corrected, best.objective, tolerance * std::abs(best.objective))
                    << "seed " << seed << ", policy " << static_cast<int>(policy) << (ratings ? ", rated" : "");
            }
    EXPECT_GE(compared, 53);
}

// Where everything is down the current is 1.6 % from its rating, two customers of another phase together bring it
// there. What has one variable has one optimum, so a level above it passes a limit somewhere.
TEST(AcAllocation, NoCorrectedLevelIsAboveIt) {
    const Region region = random_feeder(103, {.buses = 15, .active = 8, .steps = 1});

    const AcAllocationAnswer best = solve(region, asked(Policy::equal));
    const std::optional<double> corrected = corrected_objective(region, asked(Policy::equal));

    ASSERT_TRUE(corrected.has_value());
    EXPECT_NEAR(*corrected, best.objective, 1e-5 * best.objective);
}

// Phases that hang together: the worst corner of a voltage has customers of other phases the other way.
TEST(AcAllocation, SearchAddsTheCornersThatAllUpAndAllDownMiss) {
    const Region region = small_feeder(3, false);
    const AllocationQuestion question = asked(Policy::total);
    const AcAllocationAnswer two_corners = solve(region, question, {.violation = 1.0}),
                             secure = solve(region, question);

    EXPECT_EQ(two_corners.corners, 2);
    EXPECT_GT(worst_corner_excess(region, question, two_corners.limit), 1e-4);
    EXPECT_GT(secure.corners, 2);
    EXPECT_LE(worst_corner_excess(region, question, secure.limit), 1e-6);
    EXPECT_LT(secure.objective, two_corners.objective);
}

TEST(AcAllocation, StartsThatPassALimitHaveNoAnswer) {
    Region region = small_feeder(2, false);
    for (double& v : region.series[0].slack_voltage) v *= 1.2;

    EXPECT_EQ(solve(region, asked(Policy::total)).status, AcAllocationStatus::insecure_start);
}

TEST(AcAllocation, OtherPoliciesAreRefused) {
    EXPECT_THROW(solve(small_feeder(2, false), asked(Policy::max_min)), std::invalid_argument);
}

}  // namespace
}  // namespace headroom::test
