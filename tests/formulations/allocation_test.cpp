// What the words of allocation.md mean, each on a feeder small enough to check by hand.

#include "formulations/envelope/allocation.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "formulations/flow/security_rows.hpp"
#include "tests/support/feeder_builder.hpp"
#include "tests/support/random_feeder.hpp"
#include "tests/support/small_region.hpp"

namespace headroom::test {
namespace {

EnvelopeResult solve(const Region& region, const AllocationQuestion& question, int threads = 1) {
    return allocate(region, region.series.front(), question, std::vector<std::string>(region.feeder_count()),
                    {.threads = threads});
}

// slack --(rating)-- bus with two active customers "x" and "y" and the passive "p"; dc.
FeederBuilder two_customers(double rating_kva) {
    FeederBuilder builder(230.0);
    builder.bus("bus", "abc", 230.0);
    builder.line("slack", "bus", "abc", PhaseImpedance::uncoupled(0.1, 0.1), 1.0, not_given, rating_kva * 1e3);
    builder.active("x", "bus", "abc", 10e3, 14e3);
    builder.active("y", "bus", "abc", 10e3, 14e3);
    builder.customer("p", "bus", "abc", {.active = false});
    return builder;
}

constexpr AllocationQuestion dc{.flow = FlowModel::dc};

TEST(Allocation, PassiveCustomersAreTheBaseCaseAndActiveOnesStandAtZero) {
    FeederBuilder builder = two_customers(12);
    builder.inject("p", -4e3);
    builder.inject("x", -1e3);

    const EnvelopeResult result = solve(builder.build(), dc);

    EXPECT_NEAR(result.export_limit[0], 8e3, 1e-6) << "(12 + 4) / 2";
    EXPECT_NEAR(result.import_limit[0], 4e3, 1e-6) << "(12 - 4) / 2";
    EXPECT_TRUE(std::isnan(result.export_limit[2]));
    EXPECT_EQ(result.export_binding_row[2], binding::none);
}

TEST(Allocation, EnvelopesContainTheForecastAndTheOthersShareTheRest) {
    FeederBuilder builder = two_customers(8);
    builder.inject("x", -6e3);

    const EnvelopeResult contained = solve(builder.build(), dc);
    AllocationQuestion zero = dc;
    zero.contain = Contain::zero;
    const EnvelopeResult free = solve(builder.build(), zero);

    EXPECT_NEAR(contained.import_limit[0], 6e3, 1e-6);
    EXPECT_NEAR(contained.import_limit[1], 2e3, 1e-6);
    EXPECT_NEAR(free.import_limit[0], 4e3, 1e-6);
    EXPECT_NEAR(free.import_limit[1], 4e3, 1e-6);
}

TEST(Allocation, AForecastAboveTheCapIsCutAtTheCap) {
    FeederBuilder builder = two_customers(100);
    builder.inject("x", 12e3);

    const EnvelopeResult result = solve(builder.build(), dc);

    EXPECT_NEAR(result.export_limit[0], 10e3, 1e-6);
    EXPECT_EQ(result.export_binding_row[0], binding::cap);
    EXPECT_EQ(result.forecast_over_cap[0], 1);
}

TEST(Allocation, AFeederWhoseCustomersHaveNoSupplyIsIslandedWhichIsNoFault) {
    FeederBuilder builder(230.0);
    builder.bus("bus", "abc", 230.0);
    builder.line("slack", "bus", "abc", PhaseImpedance::uncoupled(0.1, 0.1));
    builder.customer("p", "bus", "a", {.active = false});
    builder.region().branch.closed[0] = 0;

    const EnvelopeResult result = solve(builder.build(2), {});

    for (const ItemStatus status : result.status) EXPECT_EQ(status, ItemStatus::islanded);
}

TEST(Allocation, AForecastThatDoesNotFitIsScaledByTheLargestCommonFactor) {
    FeederBuilder builder = two_customers(9);
    builder.inject("x", -8e3);
    builder.inject("y", -4e3);

    const EnvelopeResult result = solve(builder.build(), dc);

    EXPECT_EQ(result.status[0], ItemStatus::forecast_not_contained);
    EXPECT_NEAR(result.import_limit[0], 6e3, 1e-6) << "8 x 9 / 12";
    EXPECT_NEAR(result.import_limit[1], 3e3, 1e-6) << "4 x 9 / 12";
    ASSERT_EQ(result.violations.size(), 1u);
    EXPECT_NEAR(result.violations[0].value, 12e3, 1e-6);
    EXPECT_NEAR(result.violations[0].limit, 9e3, 1e-6);
}

// A forecast that fills its row to the last bit but a few is contained, and the answer is found.
TEST(Allocation, AForecastThatMissesItsRowByRoundingIsContained) {
    for (const double excess : {1e-15, 3e-14, 2e-13, 5e-13, 9e-13}) {
        FeederBuilder builder = two_customers(9);
        builder.inject("x", -5e3 * (1 + excess));
        builder.inject("y", -4e3 * (1 + excess));

        const EnvelopeResult result = solve(builder.build(), dc);

        EXPECT_EQ(result.status[0], ItemStatus::solved) << excess;
        EXPECT_NEAR(result.import_limit[0], 5e3, 1e-6) << excess;
        EXPECT_NEAR(result.import_limit[1], 4e3, 1e-6) << excess;
    }
}

// The sides of one circle are one limit: it is listed once, at its worst.
TEST(Allocation, ALimitThatTheForecastViolatesIsListedOnce) {
    FeederBuilder builder(230.0);
    builder.bus("bus", "abc", 230.0);
    builder.line("slack", "bus", "abc", PhaseImpedance::uncoupled(0.001, 0.001), 1.0, not_given, 5e3);
    builder.active("x", "bus", "abc", 10e3, 14e3);
    builder.region().customer.reactive_mode = {ReactiveMode::power_factor};
    builder.region().customer.power_factor = {0.9};
    builder.inject("x", -8e3);

    const EnvelopeResult result = solve(builder.build(), {});

    EXPECT_EQ(result.status[0], ItemStatus::forecast_not_contained);
    ASSERT_EQ(result.violations.size(), 1u);
    EXPECT_NEAR(result.violations[0].value, 8e3 / 0.9, 0.02 * 8e3 / 0.9) << "within the polygon's 1.9 %";
}

TEST(Allocation, AnInsecureBaseCaseIsListedAndPublishesNothing) {
    FeederBuilder builder = two_customers(5);
    builder.inject("p", -7e3);

    const EnvelopeResult result = solve(builder.build(), dc);

    EXPECT_EQ(result.status[0], ItemStatus::insecure_base);
    EXPECT_TRUE(std::isnan(result.export_limit[0]));
    EXPECT_TRUE(std::isnan(result.import_limit[0]));
    ASSERT_EQ(result.violations.size(), 1u);
    EXPECT_NEAR(result.violations[0].value, 7e3, 1e-6);
    EXPECT_EQ(result.rows.kind[static_cast<std::size_t>(result.violations[0].row)], RowKind::branch_total);
}

TEST(Allocation, NoWorseGivesViolatedRowsNoRoom) {
    FeederBuilder builder = two_customers(5);
    builder.inject("p", -7e3);
    AllocationQuestion question = dc;
    question.insecure_base = InsecureBase::no_worse;

    const EnvelopeResult result = solve(builder.build(), question);

    EXPECT_EQ(result.status[0], ItemStatus::solved_no_worse);
    EXPECT_NEAR(result.import_limit[0], 0, 1e-6) << "imports would worsen it";
    EXPECT_NEAR(result.export_limit[0], 6e3, 1e-6) << "(5 + 7) / 2";
    EXPECT_EQ(result.violations.size(), 1u);
}

TEST(Allocation, ADirectionNotAskedForStaysAtTheForecast) {
    FeederBuilder builder = two_customers(20);
    builder.inject("x", -3e3);
    AllocationQuestion question = dc;
    question.import_asked = false;

    const EnvelopeResult result = solve(builder.build(), question);

    EXPECT_NEAR(result.import_limit[0], 3e3, 1e-6);
    EXPECT_NEAR(result.import_limit[1], 0, 1e-6);
    EXPECT_EQ(result.import_binding_row[0], binding::not_asked);
    EXPECT_NEAR(result.export_limit[0], 10e3, 1e-6);
}

TEST(Allocation, OnTheAddedBasisTheForecastIsPartOfTheBaseCase) {
    FeederBuilder builder = two_customers(9);
    builder.inject("x", -5e3);
    AllocationQuestion question = dc;
    question.basis = Basis::added;

    const EnvelopeResult result = solve(builder.build(), question);

    EXPECT_NEAR(result.import_limit[0], 2e3, 1e-6) << "(9 - 5) / 2 on top of the forecast";
    EXPECT_NEAR(result.import_limit[1], 2e3, 1e-6);
}

TEST(Allocation, ReferencesDecideWhatEqualMeans) {
    FeederBuilder builder = two_customers(9);
    builder.region().customer.weight = {1, 2, 1};
    builder.region().customer.nameplate = {4e3, 5e3, 0};
    builder.region().customer.export_request = {3e3, 9e3, 0};
    builder.region().customer.import_request = {3e3, 9e3, 0};
    const Region region = builder.build();
    const auto exports = [&](AllocationQuestion question) {
        const EnvelopeResult result = solve(region, question);
        return std::pair{result.export_limit[0] / 1e3, result.export_limit[1] / 1e3};
    };
    const auto expect = [](std::pair<double, double> actual, double x, double y) {
        EXPECT_NEAR(actual.first, x, 1e-9);
        EXPECT_NEAR(actual.second, y, 1e-9);
    };

    expect(exports({.flow = FlowModel::dc}), 4.5, 4.5);
    expect(exports({.flow = FlowModel::dc, .reference = Reference::weight}), 3, 6);
    expect(exports({.flow = FlowModel::dc, .reference = Reference::nameplate}), 4, 5);
    expect(exports({.flow = FlowModel::dc, .reference = Reference::request}), 2.25, 6.75);
    expect(exports({.flow = FlowModel::dc, .policy = Policy::equal_curtailment}), 2.25, 6.75);
}

TEST(Allocation, EqualCurtailmentStopsAtTheRequest) {
    FeederBuilder builder = two_customers(100);
    builder.region().customer.export_request = builder.region().customer.import_request = {3e3, 12e3, 0};

    const EnvelopeResult result = solve(builder.build(), {.flow = FlowModel::dc, .policy = Policy::equal_curtailment});

    EXPECT_NEAR(result.export_limit[0], 3e3, 1e-6);
    EXPECT_NEAR(result.export_limit[1], 10e3, 1e-6) << "the connection cap holds";
}

TEST(Allocation, AMissingReferenceIsRefusedByName) {
    const Region region = two_customers(9).build();

    try {
        solve(region, {.flow = FlowModel::dc, .reference = Reference::nameplate});
        FAIL() << "must refuse";
    } catch (const std::invalid_argument& fault) {
        EXPECT_STREQ(fault.what(), "customer 'x' of feeder 'feeder' has no nameplate that the policy refers to");
    }
}

TEST(Allocation, AFaultyFeederIsMarkedInEveryStepAndTheReasonKept) {
    const Region region = two_customers(9).build(3);

    const EnvelopeResult result = allocate(region, region.series.front(), dc, {"the reason"}, {.threads = 1});

    for (const ItemStatus status : result.status) EXPECT_EQ(status, ItemStatus::invalid_input);
    EXPECT_EQ(result.feeder_fault[0], "the reason");
    EXPECT_TRUE(std::isnan(result.export_limit[0]));
}

// One faulty feeder of two: the other one's limits, rows and reasons are what they are without the fault.
TEST(Allocation, AFaultyFeederDoesNotTouchItsNeighbours) {
    const Region region = small_region(2);
    const auto solve_with = [&](const std::string& fault_of_first) {
        return allocate(region, region.series.front(), {}, {fault_of_first, ""}, {.threads = 2});
    };

    const EnvelopeResult sound = solve_with(""), faulty = solve_with("broken");

    const auto first_customer = static_cast<std::size_t>(region.feeder.customer_offset[1]);
    const auto rows_of_first = static_cast<std::int32_t>(sound.rows.size() - faulty.rows.size());
    EXPECT_GT(rows_of_first, 0);
    int compared = 0;
    for (std::size_t step = 0; step < sound.step_count; ++step) {
        EXPECT_EQ(faulty.status[2 * step], ItemStatus::invalid_input);
        EXPECT_EQ(faulty.status[2 * step + 1], sound.status[2 * step + 1]);
        for (std::size_t c = 0; c < sound.customer_count; ++c) {
            const std::size_t at = step * sound.customer_count + c;
            if (c < first_customer) {
                EXPECT_TRUE(std::isnan(faulty.export_limit[at]));
            } else if (!std::isnan(sound.export_limit[at])) {
                ++compared;
                EXPECT_EQ(faulty.export_limit[at], sound.export_limit[at]);
                const std::int32_t row = sound.export_binding_row[at];
                EXPECT_EQ(faulty.export_binding_row[at], row < 0 ? row : row - rows_of_first);
            }
        }
    }
    EXPECT_GT(compared, 0);
}

// Reactive power at power factor 0.8: 0.75 kvar per kW goes with it and counts in the voltage.
TEST(Allocation, APowerFactorMovesReactivePowerWithActivePower) {
    const auto exports = [](ReactiveMode mode, double power_factor) {
        FeederBuilder builder(230.0);
        builder.bus("bus", "abc", 230.0);
        builder.line("slack", "bus", "abc", PhaseImpedance::uncoupled(0.4, 0.2));
        builder.active("x", "bus", "a", 100e3, 0);
        builder.voltage_band(0.9 * 230, 1.05 * 230);
        builder.region().customer.reactive_mode = {mode};
        builder.region().customer.power_factor = {power_factor};
        return solve(builder.build(), {}).export_limit[0];
    };
    const double room = (1.05 * 1.05 - 1) * 230 * 230;  // 2 (r P + x Q) <= room

    EXPECT_NEAR(exports(ReactiveMode::unity, 1.0), room / (2 * 0.4), 1e-6);
    EXPECT_NEAR(exports(ReactiveMode::power_factor, 0.8), room / (2 * (0.4 + 0.75 * 0.2)), 1e-6);
    EXPECT_NEAR(exports(ReactiveMode::power_factor, -0.8), room / (2 * (0.4 - 0.75 * 0.2)), 1e-6);
}

TEST(Allocation, AReactiveRangeIsTakenAtItsWorst) {
    FeederBuilder builder(230.0);
    builder.bus("bus", "abc", 230.0);
    builder.line("slack", "bus", "abc", PhaseImpedance::uncoupled(0.4, 0.2));
    builder.active("x", "bus", "a", 100e3, 100e3);
    builder.voltage_band(0.95 * 230, 1.05 * 230);
    builder.region().customer.reactive_mode = {ReactiveMode::range};
    builder.region().customer.q_inject_max = {3e3};
    builder.region().customer.q_absorb_max = {2e3};
    const double up = (1.05 * 1.05 - 1) * 230 * 230, down = (1 - 0.95 * 0.95) * 230 * 230;

    const EnvelopeResult result = solve(builder.build(), {});

    EXPECT_NEAR(result.export_limit[0], (up - 2 * 0.2 * 3e3) / (2 * 0.4), 1e-6);
    EXPECT_NEAR(result.import_limit[0], (down - 2 * 0.2 * 2e3) / (2 * 0.4), 1e-6);
}

// Without any active power the voltage is 230 V; what the range may inject lifts it out of a narrow band: 2 x Q.
TEST(Allocation, AReactiveRangeThatTheBaseCaseCannotBearIsListedAtItsWorst) {
    FeederBuilder builder(230.0);
    builder.bus("bus", "abc", 230.0);
    builder.line("slack", "bus", "abc", PhaseImpedance::uncoupled(0.4, 0.2));
    builder.active("x", "bus", "a", 100e3, 100e3);
    builder.voltage_band(0.95 * 230, 1.01 * 230);
    builder.region().customer.reactive_mode = {ReactiveMode::range};
    builder.region().customer.q_inject_max = {5e3};

    const EnvelopeResult result = solve(builder.build(), {});

    EXPECT_EQ(result.status[0], ItemStatus::insecure_base);
    ASSERT_EQ(result.violations.size(), 1u);
    EXPECT_NEAR(result.violations[0].value, std::sqrt(230.0 * 230 + 2 * 0.2 * 5e3), 1e-9);
    EXPECT_GT(result.violations[0].value, result.violations[0].limit);
}

// slack -- near -- far: only "near" has a customer; far hangs behind a passive load's drop and is watched on request.
TEST(Allocation, MonitoringAllWatchesBusesWithoutCustomers) {
    FeederBuilder builder(230.0);
    for (const char* bus : {"near", "far"}) builder.bus(bus, "abc", 230.0);
    builder.line("slack", "near", "abc", PhaseImpedance::uncoupled(0.4, 0.2));
    builder.line("near", "far", "abc", PhaseImpedance::uncoupled(0.4, 0.2));
    builder.active("x", "near", "a", 100e3, 100e3);
    builder.voltage_band(0.95 * 230, 1.05 * 230);
    builder.region().bus.voltage_max[2] = 1.02 * 230;

    AllocationQuestion all{};
    all.monitoring = Monitoring::all;
    const double customers_only = solve(builder.build(), {}).export_limit[0],
                 everywhere = solve(builder.build(), all).export_limit[0];

    EXPECT_NEAR(customers_only, (1.05 * 1.05 - 1) * 230 * 230 / 0.8, 1e-6);
    EXPECT_NEAR(everywhere, (1.02 * 1.02 - 1) * 230 * 230 / 0.8, 1e-6) << "far follows near, and has the tighter limit";
}

// A coupling of 1e-12 of the row's largest is dust: it must not stop y when x's row is tight.
TEST(Allocation, DustFreezesNobodyAndItsRoomIsSetAside) {
    const auto imports = [](double mutual, double dust) {
        FeederBuilder builder(230.0);
        builder.bus("bus", "abc", 230.0);
        builder.line("slack", "bus", "abc", PhaseImpedance::coupled(0.4, 0.0, mutual, 0.0));
        builder.active("x", "bus", "a", 100e3, 100e3);
        builder.active("y", "bus", "b", 80e3, 80e3);
        builder.voltage_band(0.95 * 230, 1.05 * 230);
        builder.region().bus.voltage_max[1] = 1.5 * 230;
        builder.region().bus.voltage_min[1] = 0.95 * 230;
        AllocationQuestion question;
        question.dust = dust;
        const EnvelopeResult result = solve(builder.build(), question);
        return std::pair{result.import_limit[0], result.export_limit[1]};
    };
    const double own = (1 - 0.95 * 0.95) * 230 * 230 / 0.8;

    const auto [x, y] = imports(1e-12, 1e-9);

    EXPECT_NEAR(x, own, 1e-4) << "what is set aside is tiny";
    EXPECT_LE(x, own);
    EXPECT_NEAR(y, 80e3, 1e-6) << "y goes on to its cap";
    EXPECT_LT(imports(1e-12, 0.0).second, 80e3) << "without the dust rule x's row stops y too";
}

// The forecasts of x and y fill the line with imports but for less than counts as room: no import can rise, not even
// z's from nothing. Exports go on, a third of the line each, and each import names the line.
TEST(Allocation, KalaiSmorodinskyLetsLimitsWithoutRoomStopNobody) {
    for (const double left_kw : {0.0, 1e-15, 1e-12, 1e-9, 5e-7}) {
        FeederBuilder builder = two_customers(9 + left_kw);
        builder.active("z", "bus", "abc", 10e3, 14e3);
        builder.inject("x", -5e3);
        builder.inject("y", -4e3);

        const EnvelopeResult result =
            solve(builder.build(), {.flow = FlowModel::dc, .policy = Policy::kalai_smorodinsky});

        EXPECT_EQ(result.status[0], ItemStatus::solved) << left_kw;
        for (const std::size_t c : {0, 1, 3}) {
            EXPECT_NEAR(result.export_limit[c], 3e3, 1e-3) << left_kw;
            EXPECT_NEAR(result.import_limit[c], c == 0 ? 5e3 : c == 1 ? 4e3 : 0.0, 1e-3) << left_kw;
            ASSERT_GE(result.import_binding_row[c], 0) << left_kw;
            EXPECT_EQ(result.rows.kind[static_cast<std::size_t>(result.import_binding_row[c])], RowKind::branch_total);
        }
    }
}

TEST(Allocation, GivesTheSameNumbersWithOneAndManyThreads) {
    // Long enough that several threads are worth waking.
    const Region region = random_feeder(5, {.buses = 40, .active = 20, .passive = 10, .steps = 20'000});

    const EnvelopeResult one = solve(region, {}, 1), three = solve(region, {}, 3);

    for (std::size_t k = 0; k < one.export_limit.size(); ++k) {
        EXPECT_EQ(std::bit_cast<std::uint64_t>(one.export_limit[k]),
                  std::bit_cast<std::uint64_t>(three.export_limit[k]));
        EXPECT_EQ(std::bit_cast<std::uint64_t>(one.import_limit[k]),
                  std::bit_cast<std::uint64_t>(three.import_limit[k]));
    }
    EXPECT_EQ(one.export_binding_row, three.export_binding_row);
}

// Large enough for rows to go through sums (security_rows.md): every answer is still proved on the rows themselves.
TEST(Allocation, LargeFeedersAreCertifiedUnderEveryPolicy) {
    Region region = random_feeder(3, {.buses = 400, .active = 200, .passive = 60, .steps = 9});
    for (auto* forecast : {&region.series[0].p_forecast, &region.series[0].q_forecast})
        for (double& power : *forecast) power *= 0.02;  // so many customers fit only if they are small
    const SecurityRows rows(region, reduce(linear_network(region, 0, FlowModel::lin_dist3_flow, Monitoring::customers)),
                            {});
    ASSERT_TRUE(rows.nested_if_smaller().has_value());
    for (const Policy policy : {Policy::max_min, Policy::proportional, Policy::alpha, Policy::total, Policy::quadratic,
                                Policy::kalai_smorodinsky}) {
        const EnvelopeResult result = solve(region, {.policy = policy, .alpha = 2, .reference = Reference::cap});

        for (const ItemStatus status : result.status)
            EXPECT_EQ(status, ItemStatus::solved) << "policy " << static_cast<int>(policy);
    }
}

}  // namespace
}  // namespace headroom::test
