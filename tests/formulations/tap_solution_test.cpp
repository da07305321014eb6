#include "formulations/flow/tap_solution.hpp"

#include <gtest/gtest.h>

#include "formulations/envelope/feeder_allocation.hpp"
#include "formulations/network/feeder_tree.hpp"
#include "formulations/network/validate.hpp"
#include "formulations/secure/free_taps.hpp"
#include "formulations/secure/replay.hpp"
#include "tests/support/feeder_builder.hpp"

namespace headroom {
namespace {

using test::FeederBuilder;
using test::PhaseImpedance;

constexpr double step = 0.00625;

/// slack --- regulator --- near --- 1 ohm --- far, 10 A of constant current on phases a and b of far.
Region regulated_line() {
    FeederBuilder builder(230.0);
    builder.bus("near", "abc", 230.0);
    builder.bus("far", "abc", 230.0);
    builder.line("slack", "near", "abc", PhaseImpedance::uncoupled(1.0, 0.0));
    builder.line("near", "far", "abc", PhaseImpedance::uncoupled(1.0, 0.0));
    for (const char* phase : {"a", "b"}) {
        builder.customer(phase, "far", phase, {.active = false});
        builder.inject(phase, -2300.0);
    }
    Region region = builder.build();
    region.customer.zip_p.assign(2, {0, 1, 0});
    BranchColumns& branch = region.branch;
    branch.kind[0] = BranchKind::regulator;
    branch.line_code[0] = -1;
    branch.length[0] = 0;
    branch.transformer[0] = 0;
    TransformerColumns& t = region.transformer;
    t.id = {"bank"};
    t.from_coil = t.to_coil = {{{{1, 0}, {2, 0}, {3, 0}}}};
    t.from_voltage = t.to_voltage = {230.0};
    t.from_tap = t.to_tap = {{1, 1, 1}};
    t.r = {1e-6};
    t.x = {1e-6};
    t.no_load_loss = t.magnetising_power = {0};
    return region;
}

/// Keeps 230 +- 1 V behind a drop of `r` V per A.
void add_control(Region& region, std::int8_t coil, double r, double delay, bool ganged = false) {
    TapControlColumns& c = region.tap_control;
    c.id.push_back("control " + std::to_string(coil));
    c.transformer.push_back(0);
    c.coil.push_back(coil);
    c.ganged.push_back(ganged ? 1 : 0);
    c.voltage.push_back(230.0);
    c.band.push_back(2.0);
    c.pt_ratio.push_back(1.0);
    c.ct_primary.push_back(1.0);
    c.r.push_back(r);
    c.x.push_back(0.0);
    c.delay.push_back(delay);
    c.tap_min.push_back(0.9);
    c.tap_max.push_back(1.1);
    c.tap_step.push_back(step);
    c.max_steps.push_back(16);
}

TapOutcome settle(Region& region, const TapSettings& settings = {}) {
    return settle_taps(region, 0, base_point(region, 0, region.series[0], 0), settings);
}

std::array<double, 3> taps(Region region) {
    EXPECT_EQ(settle(region).status, TapStatus::settled);
    return region.transformer.to_tap[0];
}

// The far end wants 230 V: 240 V at the regulator, 7 steps of 1.4375 V make 240.06 V. Phase c has no load and no drop.
TEST(TapSolution, ACompensatorKeepsTheVoltageAtTheEndOfTheLine) {
    Region region = regulated_line();
    add_control(region, 0, 1.0, 15);
    add_control(region, 2, 1.0, 15);
    ASSERT_TRUE(validate(region).empty()) << summarise(validate(region));

    const std::array<double, 3> tap = taps(region);

    EXPECT_NEAR(tap[0], 1 + 7 * step, 1e-12);
    EXPECT_EQ(tap[1], 1.0) << "no control, no move";
    EXPECT_EQ(tap[2], 1.0);
}

TEST(TapSolution, WithoutCompensationNothingIsOutOfBand) {
    Region region = regulated_line();
    add_control(region, 0, 0.0, 15);

    EXPECT_EQ(taps(region), (std::array<double, 3>{1, 1, 1}));
}

TEST(TapSolution, GangedCoilsMoveTogether) {
    Region region = regulated_line();
    add_control(region, 1, 1.0, 15, true);

    const std::array<double, 3> tap = taps(region);

    EXPECT_NEAR(tap[1], 1 + 7 * step, 1e-12);
    EXPECT_EQ(tap[0], tap[1]);
    EXPECT_EQ(tap[2], tap[1]);
}

// Behind the compensator 220 V and 1.4375 V more with every step; 226 V are within the band. Seven steps are wanted:
// at once 4 of them (225.75 V) and, of three, 2 more; one by one the fifth is the last.
TEST(TapSolution, MovesNoMoreStepsAtOnceThanItMay) {
    const auto settled = [](double max_steps) {
        Region region = regulated_line();
        add_control(region, 0, 1.0, 15);
        region.tap_control.band[0] = 8.0;
        region.tap_control.max_steps[0] = max_steps;
        const TapOutcome outcome = settle(region);
        EXPECT_EQ(outcome.status, TapStatus::settled);
        return std::pair(std::round((region.transformer.to_tap[0][0] - 1.0) / step), outcome.rounds);
    };

    EXPECT_EQ(settled(16), std::pair(6.0, 3));
    EXPECT_EQ(settled(3), std::pair(5.0, 3)) << "3 and, of four, 2";
    EXPECT_EQ(settled(1), std::pair(5.0, 6));
}

TEST(TapSolution, StopsAtTheEndOfItsRange) {
    Region region = regulated_line();
    add_control(region, 0, 1.0, 15);
    region.tap_control.tap_max[0] = 1 + 3 * step;

    EXPECT_NEAR(taps(region)[0], 1 + 3 * step, 1e-12);
}

// One control lifts phase a when the other is low and the other way round: with coils ganged both move all taps.
TEST(TapSolution, ControlsThatHuntAreNotCalledSettled) {
    Region region = regulated_line();
    add_control(region, 0, 1.0, 15, true);
    add_control(region, 2, 0.0, 15, true);

    const TapOutcome solution = settle(region, {.flow = {}, .round_limit = 20});

    EXPECT_EQ(solution.status, TapStatus::round_limit);
    EXPECT_EQ(solution.rounds, 20);
}

TEST(TapSolution, ActiveCustomersDoNotMoveTheTaps) {
    Region region = regulated_line();
    add_control(region, 0, 1.0, 15);
    region.customer.active[0] = 1;

    EXPECT_EQ(taps(region)[0], 1.0);
}

/// 10 A, nothing, 10 A, 5 A on phases a and b; no taps yet.
Region through_a_day() {
    Region region = regulated_line();
    add_control(region, 0, 1.0, 15);
    const double share[] = {1, 0, 1, 0.5};
    SeriesSet& series = region.series[0];
    series.start = {0, 3600, 7200, 10800};
    series.end = {3600, 7200, 10800, 14400};
    series.p_forecast.clear();
    for (const double of_step : share) series.p_forecast.insert(series.p_forecast.end(), 2, -2300.0 * of_step);
    const auto repeat = [](std::vector<double>& values) {
        const std::vector<double> once = values;
        for (int k = 1; k < 4; ++k) values.insert(values.end(), once.begin(), once.end());
    };
    for (auto* values : {&series.q_forecast, &series.slack_voltage, &series.slack_angle}) repeat(*values);
    series.to_tap.assign(4 * 3, 1.0);
    return region;
}

// 240.06 V after 7 steps. Without load that is 10 V too much, of which 6.9 steps of 1.4375 V are wanted: at once 4 of
// them, of three 2 more, which leaves 231.4 V, and the last; it begins again from there.
TEST(TapSolution, EachStepBeginsWhereTheOneBeforeLeft) {
    Region region = through_a_day();

    const SeriesTaps moved = TapControls(region, 0).follow(region.series[0]);

    EXPECT_TRUE(moved.restless.empty());
    const auto tap = [&](std::size_t of_step) { return (region.series[0].taps(of_step)[0] - 1) / step; };
    EXPECT_NEAR(tap(0), 7, 1e-9);
    EXPECT_NEAR(tap(1), 0, 1e-9);
    EXPECT_NEAR(tap(2), 7, 1e-9);
    EXPECT_GT(tap(3), 2.5);
    EXPECT_LT(tap(3), 4.5);
    EXPECT_EQ(region.series[0].taps(0)[1], 1.0) << "no control, no move";
    EXPECT_EQ(region.transformer.to_tap[0][0], 1.0) << "the table stays";
    for (std::size_t at = 0; at < 4; ++at) {
        TapControls controls(region, 0, region.series[0].taps(at));
        EXPECT_EQ(controls.settle(base_point(region, 0, region.series[0], at)).rounds, 1) << "they rest there";
    }
}

TEST(TapSolution, AStepWithoutRestKeepsTheTapsOfTheOneBefore) {
    Region region = through_a_day();
    add_control(region, 2, 0.0, 15, true);
    region.tap_control.ganged[0] = 1;

    const SeriesTaps moved = TapControls(region, 0, {}, {.flow = {}, .round_limit = 20}).follow(region.series[0]);

    EXPECT_EQ(moved.restless, (std::vector<std::size_t>{0, 2, 3}));
    for (const double tap : region.series[0].to_tap) EXPECT_EQ(tap, 1.0);
}

// The compensator holds the far end at 230 +- 1 V, give or take a step, whatever is drawn.
TEST(FreeTaps, FollowThePointThatIsLookedAt) {
    Region region = regulated_line();
    add_control(region, 0, 1.0, 15);
    add_control(region, 1, 1.0, 15);
    region.customer.active[0] = 1;
    const FeederAllocation linear(region, 0, region.series[0], {.flow = FlowModel::lin_dist3_flow});
    FreeTaps taps(region, 0, linear.rows(), {});
    AcPoint point = base_point(region, 0, region.series[0], 0);
    double held = 0.0;
    for (const double power : {0.0, -1150.0, -2300.0, -3000.0}) {
        point.p[0] = power;
        const double excess = taps.excess(point);
        EXPECT_NEAR(excess, -0.1, 0.01) << power;
        if (power == 0.0) held = excess;
    }
    point.p[0] = 0.0;
    EXPECT_EQ(taps.excess(point), held) << "nothing is remembered";
}

Region shared_transformer() {
    Region region = regulated_line();
    add_control(region, 0, 1.0, 15);
    region.branch.kind[1] = BranchKind::regulator;
    region.branch.line_code[1] = -1;
    region.branch.length[1] = 0;
    region.branch.transformer[1] = 0;
    return region;
}

TEST(TapSolution, RefusesATransformerThatBranchesShare) {
    Region region = shared_transformer();

    EXPECT_THROW(settle(region), InvalidFeeder);
}

TEST(FreeTaps, OfATransformerThatBranchesShareAreAFaultOfTheFeeder) {
    Region region = shared_transformer();
    region.customer.active[0] = 1;
    const std::vector<double> limits(region.customer_count(), 0.0);

    const ReplayResult result =
        replay(region, region.series[0], {}, {limits, limits, {}, {}}, {""}, {.free_taps = true}, {.threads = 1});

    EXPECT_NE(result.feeder_fault[0].find("several branches share"), std::string::npos) << result.feeder_fault[0];
    EXPECT_EQ(result.status[0], ReplayStatus::invalid_input);
}

TEST(TapSolution, WithoutControlsNothingIsSolved) {
    Region region = regulated_line();

    const TapOutcome outcome = settle(region);

    EXPECT_EQ(outcome.status, TapStatus::settled);
    EXPECT_EQ(outcome.rounds, 0);
}

TEST(TapControl, FaultsAreNamedByDatasetAndRule) {
    const auto fault = [](auto&& spoil) {
        Region region = regulated_line();
        add_control(region, 0, 1.0, 15);
        spoil(region.tap_control);
        const std::vector<Fault> faults = validate(region);
        return faults.size() == 1 ? faults[0].dataset : std::to_string(faults.size()) + " faults";
    };

    EXPECT_EQ(fault([](TapControlColumns& c) { c.band[0] = 0; }), "/tap_control/band");
    EXPECT_EQ(fault([](TapControlColumns& c) { c.voltage[0] = not_given; }), "/tap_control/voltage");
    EXPECT_EQ(fault([](TapControlColumns& c) { c.coil[0] = 3; }), "/tap_control/coil");
    EXPECT_EQ(fault([](TapControlColumns& c) { c.tap_min[0] = 1.2; }), "/tap_control/tap_min");
    EXPECT_EQ(fault([](TapControlColumns& c) { c.transformer[0] = 1; }), "/tap_control/transformer");
    EXPECT_EQ(fault([](TapControlColumns& c) { c.delay.clear(); }), "/tap_control/delay");
    EXPECT_EQ(fault([](TapControlColumns& c) { c.max_steps[0] = 0; }), "/tap_control/max_steps");
    EXPECT_EQ(fault([](TapControlColumns& c) { c.max_steps[0] = 1.5; }), "/tap_control/max_steps");
    EXPECT_EQ(fault([](TapControlColumns& c) { c.max_steps[0] = 1001; }), "/tap_control/max_steps");
}

}  // namespace
}  // namespace headroom
