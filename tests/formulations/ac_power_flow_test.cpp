// The AC power flow against closed forms, against the plain nodal power flow, and what its lanes promise.

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <numbers>
#include <sstream>

#include "formulations/flow/ac_branch_flow.hpp"
#include "formulations/network/feeder_tree.hpp"
#include "tests/support/ac_case.hpp"
#include "tests/support/ac_regions.hpp"
#include "tests/support/feeder_builder.hpp"
#include "tests/support/plain_power_flow.hpp"
#include "tests/support/program.hpp"
#include "tests/support/random_feeder.hpp"

namespace headroom {
namespace {

using test::AcCase;
using test::FeederBuilder;
using test::PhaseImpedance;
using Complex = std::complex<double>;

/// slack --- r = 0.5 ohm --- far, one single-phase customer on phase a.
Region two_buses(double p, double q = 0.0) {
    FeederBuilder builder(230.0);
    builder.bus("far", "abc", 230.0);
    builder.line("slack", "far", "abc", PhaseImpedance::uncoupled(0.5, 0.0));
    builder.customer("c", "far", "a", {.active = false});
    builder.inject("c", p, q);
    return builder.build();
}

// V (230 - V) / 0.5 = 5000: V = 115 + sqrt(115^2 - 2500)
TEST(AcPowerFlow, ConstantPowerBehindAResistanceSolvesItsQuadratic) {
    const Region region = two_buses(-5000.0);
    AcCase ac(region);

    ac.solve();

    EXPECT_EQ(ac.lanes.lane[0].status, AcStatus::converged);
    EXPECT_NEAR(ac.voltage(1, 0).real(), 115.0 + std::sqrt(115.0 * 115.0 - 2500.0), 1e-6);
    EXPECT_NEAR(ac.voltage(1, 0).imag(), 0.0, 1e-9);
    EXPECT_NEAR(std::abs(ac.voltage(1, 1)), 230.0, 1e-9) << "no load, no drop";
}

// An impedance of 230^2 / 5000 = 10.58 ohm in series with 0.5 ohm
TEST(AcPowerFlow, ConstantImpedanceDividesTheVoltage) {
    Region region = two_buses(-5000.0);
    region.customer.zip_p[0] = region.customer.zip_q[0] = {1, 0, 0};
    AcCase ac(region);

    ac.solve();

    EXPECT_NEAR(ac.voltage(1, 0).real(), 230.0 * 10.58 / 11.08, 1e-6);
}

// 5000 / 230 A whatever the voltage
TEST(AcPowerFlow, ConstantCurrentDropsTheSameAtAnyVoltage) {
    Region region = two_buses(-5000.0);
    region.customer.zip_p[0] = region.customer.zip_q[0] = {0, 1, 0};
    AcCase ac(region);

    ac.solve();

    EXPECT_NEAR(ac.voltage(1, 0).real(), 230.0 - 0.5 * 5000.0 / 230.0, 1e-6);
}

TEST(AcPowerFlow, ActiveCustomersAreConstantPowerWhateverTheyDeclare) {
    Region region = two_buses(-5000.0);
    region.customer.zip_p[0] = region.customer.zip_q[0] = {1, 0, 0};
    region.customer.active[0] = 1;
    AcCase ac(region);

    ac.solve();

    EXPECT_NEAR(ac.voltage(1, 0).real(), 115.0 + std::sqrt(115.0 * 115.0 - 2500.0), 1e-6);
}

// Below its window the load draws 5000 / 230 (0.5 + 0.05 m) A at 0.55 p.u. with m = (1 / 0.95 - 0.5) / 0.45.
TEST(AcPowerFlow, OutsideTheWindowLoadsFollowOpenDss) {
    Region region = two_buses(-5000.0);
    AcSettings settings;
    settings.window = LoadWindow{};
    AcCase ac(region, settings);
    const double m = (1 / 0.95 - 0.5) / 0.45, amperes = 5000.0 / 230.0 * (0.5 + 0.05 * m);
    ac.inputs.slack_voltage[0] = 0.55 * 230.0 + 0.5 * amperes;

    ac.solve();

    EXPECT_NEAR(ac.voltage(1, 0).real(), 0.55 * 230.0, 1e-6);
}

/// A feeder that is solved, with what its branches carry.
struct SolvedBranches {
    explicit SolvedBranches(const Region& region) : ac(region), branch(region, ac.flow), flows(branch.lanes()) {
        ac.solve();
        branch.evaluate(ac.inputs, ac.lanes, flows);
    }
    AcCase ac;
    AcBranchFlow branch;
    AcFlowLanes flows;
};

TEST(AcPowerFlow, LossesAndHeadPowerBalance) {
    const Region region = two_buses(-5000.0, -1000.0);
    const SolvedBranches solved(region);
    const auto& [ac, branch, flows] = solved;

    const std::int32_t from = branch.current(0, 0, 0), to = branch.current(0, 1, 0);
    const Complex i(flows.current[2 * lane_count * from], flows.current[(2 * from + 1) * lane_count]);
    EXPECT_NEAR(std::abs(i), std::abs(Complex(5000.0, 1000.0)) / std::abs(ac.voltage(1, 0)), 1e-6);
    EXPECT_EQ(flows.current[2 * lane_count * to], -i.real());
    EXPECT_NEAR(flows.loss_p(0), 0.5 * std::norm(i), 1e-6);
    EXPECT_NEAR(flows.head_p(0), 5000.0 + flows.loss_p(0), 1e-5);
    EXPECT_NEAR(flows.head_q(0), 1000.0, 1e-5);
}

// The largest power through 0.5 ohm is 230^2 / (4 * 0.5) = 26 450 W.
TEST(AcPowerFlow, BeyondTheLargestPowerThereIsNoAnswerAndItSaysWhere) {
    const Region region = two_buses(-27000.0);
    AcCase ac(region);
    ac.set_power(0, 1, -5000.0);

    ac.solve();

    const AcLane& lane = ac.lanes.lane[0];
    EXPECT_EQ(lane.status, AcStatus::diverged);
    EXPECT_GT(lane.mismatch, 10.0);
    EXPECT_EQ(lane.bus, 1);
    EXPECT_EQ(lane.conductor, 0);
    EXPECT_TRUE(std::isnan(ac.voltage(1, 0, 0).real()));
    EXPECT_EQ(ac.lanes.lane[1].status, AcStatus::converged);
    EXPECT_NEAR(ac.voltage(1, 0, 1).real(), 115.0 + std::sqrt(115.0 * 115.0 - 2500.0), 1e-6);
}

TEST(AcPowerFlow, CloseToTheLargestPowerNewtonsMethodTakesOver) {
    const Region region = two_buses(-26400.0);
    AcCase ac(region);

    ac.solve();

    EXPECT_EQ(ac.lanes.lane[0].status, AcStatus::converged);
    EXPECT_GT(ac.lanes.lane[0].newton_steps, 0);
    EXPECT_NEAR(ac.voltage(1, 0).real(), 115.0 + std::sqrt(115.0 * 115.0 - 13200.0), 1e-6);
}

/// Largest difference to the plain nodal power flow, p.u.
double largest_difference(const AcCase& ac, const test::PlainPowerFlow& plain, int lane = 0) {
    double largest = 0.0;
    for (std::int64_t bus = 0; bus < static_cast<std::int64_t>(ac.region.bus_count()); ++bus)
        for (int c = 0; c < conductor_count; ++c) {
            if (ac.flow.slot(bus, c) < 0) continue;
            const double difference = std::abs(ac.voltage(bus, c, lane) - plain.voltage(static_cast<int>(bus), c + 1));
            largest = std::max(largest, difference / ac.region.bus.base_voltage[bus]);
        }
    return largest;
}

/// Of Volt-VAr curves each by itself.
AcSettings apart() {
    AcSettings settings;
    settings.curves_together = 0;
    return settings;
}

void expect_agreement(const Region& region, const std::string& what, const AcSettings& settings = {}) {
    AcCase ac(region, settings);
    test::PlainPowerFlow plain(region, 0);

    ac.solve();

    ASSERT_TRUE(plain.solve(1e-12)) << what;
    ASSERT_EQ(ac.lanes.lane[0].status, AcStatus::converged) << what;
    EXPECT_LT(largest_difference(ac, plain), 2e-9) << what;
}

TEST(AcPowerFlow, AgreesWithThePlainPowerFlowOnRandomFeeders) {
    for (unsigned seed = 1; seed <= 40; ++seed)
        expect_agreement(test::random_feeder(seed, {.buses = 20,
                                                    .active = 10,
                                                    .passive = 10,
                                                    .transformer = seed % 2 == 0,
                                                    .delta_customers = seed % 3 == 0}),
                         "seed " + std::to_string(seed));
}

TEST(AcPowerFlow, AgreesWithChargingAndShunts) {
    for (unsigned seed = 1; seed <= 10; ++seed) {
        Region region = test::random_feeder(seed, {.buses = 20, .delta_customers = true});
        for (ConductorMatrix& b : region.line_code.b)
            for (int c = 0; c < 3; ++c) b[c][c] = 1e-6;
        region.shunt.id = {"bank"};
        region.shunt.bus = {5};
        region.shunt.g.assign(1, {});
        region.shunt.b.assign(1, {});
        for (int c = 0; c < 3; ++c)
            if (region.bus.phases[5] >> c & 1) region.shunt.b[0][c][c] = 0.05;
        region.feeder.shunt_offset = {0, 1};
        expect_agreement(region, "seed " + std::to_string(seed));
    }
}

// (230 - V) V / x = Q on a line of x = 0.5 ohm, with Q = 4000 (V / 230 - 1) / 0.05 V A absorbed above 230 V:
// the source at 1.1 p.u. is pulled down until both agree.
TEST(AcPowerFlow, AVoltVarCurveMeetsItsLine) {
    FeederBuilder builder(230.0);
    builder.bus("far", "abc", 230.0);
    builder.line("slack", "far", "abc", PhaseImpedance::uncoupled(0.0, 0.5));
    builder.customer("c", "far", "a", {.active = false});
    builder.inject("c", 0.0, 9e9);
    Region region = builder.build(1, 1.1);
    constexpr double n = not_given;
    region.volt_var = {{"v"}, {{0.95, 1.0, 1.05, n, n, n, n, n}}, {{1, 0, -1, n, n, n, n, n}}};
    region.customer.reactive_mode[0] = ReactiveMode::volt_var;
    region.customer.volt_var[0] = 0;
    region.customer.q_inject_max[0] = 1e3;
    region.customer.q_absorb_max[0] = 4e3;
    AcCase ac(region);

    ac.solve();

    // V (253 - V) / 0.5 = 4000 beyond the last point: V is above 1.05 x 230
    EXPECT_NEAR(std::abs(ac.voltage(1, 0)), (253 + std::sqrt(253.0 * 253 - 4 * 2000)) / 2, 1e-6);

    region.customer.q_absorb_max[0] = 9e3;
    AcCase strong(region);
    strong.solve();
    // (253 - V) V / 0.5 = 180000 (V / 230 - 1): 2 V^2 + (180000 / 230 - 506) V - 180000 = 0
    const double b = 180e3 / 230 - 506;
    EXPECT_NEAR(std::abs(strong.voltage(1, 0)), (-b + std::sqrt(b * b + 8 * 180e3)) / 4, 1e-6);
}

TEST(AcPowerFlow, AgreesWithVoltVarCurves) {
    for (unsigned seed = 1; seed <= 30; ++seed) {
        Region region = test::mixed_feeder(seed, 1.0);
        test::add_curves(region, true);
        expect_agreement(region, "together, seed " + std::to_string(seed));
        expect_agreement(region, "apart, seed " + std::to_string(seed), apart());
    }
}

// A dozen steep inverters of one phase at the end of a weak line take back twice what each gives.
TEST(AcPowerFlow, CurvesThatAnswerEachOtherAreAtRestSoon) {
    FeederBuilder builder(230.0);
    builder.bus("far", "abc", 230.0);
    builder.line("slack", "far", "abc", PhaseImpedance::uncoupled(0.1, 0.2));
    for (int k = 0; k < 12; ++k) {
        const std::string id = "c" + std::to_string(k);
        builder.customer(id, "far", "a", {.active = false});
        builder.inject(id, 1e3, 0.0);
    }
    Region region = builder.build(1, 1.0);
    constexpr double n = not_given;
    region.volt_var = {{"steep"}, {{0.98, 1.06, n, n, n, n, n, n}}, {{1, -1, n, n, n, n, n, n}}};
    for (std::size_t k = 0; k < region.customer_count(); ++k) {
        region.customer.reactive_mode[k] = ReactiveMode::volt_var;
        region.customer.volt_var[k] = 0;
        region.customer.q_inject_max[k] = region.customer.q_absorb_max[k] = 4e3;
    }

    AcCase together(region), each(region, apart());

    together.solve();
    each.solve();

    ASSERT_EQ(together.lanes.lane[0].status, AcStatus::converged);
    EXPECT_GT(each.lanes.lane[0].sweeps, 2 * together.lanes.lane[0].sweeps);
    EXPECT_NEAR(std::abs(together.voltage(1, 0)), std::abs(each.voltage(1, 0)), 1e-6);
}

TEST(AcPowerFlow, NewtonsMethodFindsTheSameOnCurves) {
    for (unsigned seed = 1; seed <= 10; ++seed) {
        Region region = test::mixed_feeder(seed, 1.0);
        test::add_curves(region, true);
        AcCase newton(region, {.sweep_limit = 0, .window = {}});
        test::PlainPowerFlow plain(region, 0);
        newton.solve();
        ASSERT_TRUE(plain.solve(1e-12)) << seed;
        ASSERT_EQ(newton.lanes.lane[0].status, AcStatus::converged) << seed;
        EXPECT_LT(largest_difference(newton, plain), 2e-9) << seed;
    }
}

TEST(AcPowerFlow, AgreesInMeshes) {
    for (unsigned seed = 1; seed <= 10; ++seed) {
        Region region = test::random_feeder(seed, {.buses = 20, .transformer = seed % 2 == 0});
        const int ties = test::add_ties(region);
        ASSERT_GT(ties, 0) << seed;
        expect_agreement(region, "seed " + std::to_string(seed));
    }
}

TEST(AcPowerFlow, AgreesUnderHeavyLoad) {
    int judged = 0;
    for (unsigned seed = 1; seed <= 20; ++seed) {
        Region region = test::random_feeder(seed, {.buses = 15, .passive = 6, .delta_customers = true});
        for (double& p : region.series[0].p_forecast) p = -3.0 * std::abs(p);
        AcCase ac(region);
        test::PlainPowerFlow plain(region, 0);

        ac.solve();

        if (!plain.solve(1e-12)) continue;  // no judge there
        ++judged;
        ASSERT_EQ(ac.lanes.lane[0].status, AcStatus::converged) << seed;
        EXPECT_LT(largest_difference(ac, plain), 1e-8) << seed;
    }
    EXPECT_GE(judged, 15);
}

/// Random feeders with every kind of leg, scenarios that differ by lane.
AcCase different_lanes(const Region& region) {
    AcCase ac(region);
    for (int c = 0; c < static_cast<int>(region.customer_count()); ++c)
        for (int l = 0; l < lane_count; ++l) {
            const std::size_t at = static_cast<std::size_t>(c * lane_count + l);
            ac.inputs.p[at] *= 0.3 + 0.4 * l;
            ac.inputs.q[at] *= 1.0 - 0.2 * l;
        }
    return ac;
}

Region mixed_region() {
    Region region = test::random_feeder(12, {.buses = 25, .passive = 8, .transformer = true, .delta_customers = true});
    for (std::size_t k = 0; k < region.customer_count(); ++k)
        if (k % 2 == 1) region.customer.zip_p[k] = region.customer.zip_q[k] = {0.3, 0.3, 0.4};
    return region;
}

std::vector<double> lane_bits(const AcLanes& lanes, int lane) {
    std::vector<double> bits;
    for (std::size_t k = static_cast<std::size_t>(lane); k < lanes.voltage.size(); k += lane_count)
        bits.push_back(lanes.voltage[k]);
    return bits;
}

void copy_lane(const AcInputs& from, int source, AcInputs& to, int target) {
    for (const auto& [a, b] :
         {std::pair{&from.p, &to.p}, std::pair{&from.q, &to.q}, std::pair{&from.slack_voltage, &to.slack_voltage}})
        for (std::size_t k = 0; k < a->size(); k += lane_count) (*b)[k + target] = (*a)[k + source];
}

TEST(AcPowerFlow, ALanesBitsDependOnNothingButItsInputs) {
    const Region region = mixed_region();
    AcCase together = different_lanes(region);
    together.solve();
    for (int l = 0; l < lane_count; ++l) {
        AcCase alone(region), elsewhere = different_lanes(region);
        copy_lane(together.inputs, l, alone.inputs, 0);
        alone.inputs.count = 1;
        const int place = (l + 3) % lane_count;
        copy_lane(together.inputs, l, elsewhere.inputs, place);
        elsewhere.set_power(1, (place + 1) % lane_count, -1e9);  // a neighbour that diverges

        alone.solve();
        elsewhere.solve();

        EXPECT_EQ(lane_bits(alone.lanes, 0), lane_bits(together.lanes, l)) << l;
        EXPECT_EQ(lane_bits(elsewhere.lanes, place), lane_bits(together.lanes, l)) << l;
        EXPECT_EQ(alone.lanes.lane[0].sweeps, together.lanes.lane[l].sweeps);
        EXPECT_EQ(elsewhere.lanes.lane[(place + 1) % lane_count].status, AcStatus::diverged);
        EXPECT_EQ(alone.lanes.lane[1].status, AcStatus::not_asked);
    }
}

TEST(AcPowerFlow, ASecondSolveDoesNotRememberTheFirst) {
    const Region region = mixed_region();
    AcCase once = different_lanes(region), twice = different_lanes(region);
    twice.set_power(0, 3, -1e9);
    twice.solve();
    twice.inputs = once.inputs;

    once.solve();
    twice.solve();

    EXPECT_EQ(once.lanes.voltage, twice.lanes.voltage);
}

TEST(AcPowerFlow, CurrentsBalanceAtEveryBus) {
    for (unsigned seed = 1; seed <= 10; ++seed) {
        const Region region = test::random_feeder(seed, {.transformer = true, .delta_customers = true});
        const SolvedBranches solved(region);
        const auto& [ac, branch, flows] = solved;

        double injected = 0.0;
        for (std::size_t c = 0; c < region.customer_count(); ++c) injected += ac.inputs.p[c * lane_count];
        EXPECT_NEAR(flows.head_p(0), flows.loss_p(0) - injected, 1e-3) << seed;
        std::vector<bool> has_customer(region.bus_count(), false);
        for (const std::int32_t bus : region.customer.bus) has_customer[bus] = true;
        for (std::int32_t bus = 1; bus < static_cast<std::int32_t>(region.bus_count()); ++bus)
            for (int c = 0; c < 3 && !has_customer[bus]; ++c) {
                Complex sum = 0.0;
                for (std::int64_t k = 0; k < static_cast<std::int64_t>(region.branch_count()); ++k)
                    for (int side = 0; side < 2; ++side) {
                        const std::int32_t end = side == 0 ? region.branch.from_bus[k] : region.branch.to_bus[k];
                        const std::int32_t row = branch.current(k, side, c);
                        if (end == bus && row >= 0)
                            sum +=
                                Complex(flows.current[2 * lane_count * row], flows.current[(2 * row + 1) * lane_count]);
                    }
                EXPECT_NEAR(std::abs(sum), 0.0, 1e-7) << seed << " " << region.bus.id[bus];
            }
    }
}

TEST(AcPowerFlow, BusesWithoutCustomersWait) {
    FeederBuilder builder(230.0);
    std::string last = "slack";
    for (int k = 0; k < 50; ++k) {
        const std::string next = "b" + std::to_string(k);
        builder.bus(next, "abc", 230.0);
        builder.line(last, next, "abc", PhaseImpedance::coupled(0.01, 0.004, 0.003, 0.002));
        last = next;
    }
    builder.customer("c", "b29", "b", {.active = false});
    builder.inject("c", -3000.0, -500.0);
    const Region region = builder.build();
    AcCase ac(region);

    EXPECT_LE(ac.flow.iterated_count(), 4) << "the three nodes next to the slack bus and the customer's";
    expect_agreement(region, "chain");
}

TEST(AcPowerFlow, SwitchesWithoutImpedanceJoinTheirBuses) {
    FeederBuilder builder(230.0);
    for (const char* id : {"a", "b", "far"}) builder.bus(id, "abc", 230.0);
    builder.line("slack", "a", "abc", PhaseImpedance::uncoupled(0.2, 0.1));
    builder.line("a", "b", "abc", PhaseImpedance::uncoupled(0.0, 0.0));
    builder.line("b", "far", "abc", PhaseImpedance::uncoupled(0.3, 0.1));
    builder.region().branch.kind[1] = BranchKind::circuit_switch;
    builder.customer("at_b", "b", "a", {.active = false});
    builder.customer("at_far", "far", "ab", {.active = false, .connection = Connection::delta});
    builder.inject("at_b", -2000.0, -300.0);
    builder.inject("at_far", -4000.0);
    const Region region = builder.build();
    const SolvedBranches solved(region);
    const auto& [ac, branch, flows] = solved;

    const auto amperes = [&](std::int64_t k, int side, int c) {
        const std::int32_t row = branch.current(k, side, c);
        return Complex(flows.current[2 * lane_count * row], flows.current[(2 * row + 1) * lane_count]);
    };
    EXPECT_EQ(ac.voltage(1, 0), ac.voltage(2, 0));
    for (int c = 0; c < 3; ++c) {
        EXPECT_NEAR(std::abs(amperes(1, 0, c) + amperes(0, 1, c)), 0.0, 1e-7) << "what comes in goes through";
        EXPECT_EQ(amperes(1, 0, c), -amperes(1, 1, c));
    }
    EXPECT_NEAR(std::abs(amperes(1, 0, 1)), 4000.0 / std::abs(ac.voltage(3, 0) - ac.voltage(3, 1)), 1e-6);
}

// A switch for two phases and a line for the third: customers take off the source itself what no line carries.
TEST(AcPowerFlow, HeadPowerHasCustomersBehindSwitchesOfTheSlackBus) {
    FeederBuilder builder(230.0);
    builder.bus("near", "abc", 230.0);
    builder.line("slack", "near", "ab", PhaseImpedance::uncoupled(0.0, 0.0));
    builder.line("slack", "near", "c", PhaseImpedance::uncoupled(0.2, 0.1));
    builder.region().branch.kind[0] = BranchKind::circuit_switch;
    builder.customer("at_source", "slack", "c", {.active = false});
    builder.customer("switched", "near", "a", {.active = false});
    builder.customer("between", "near", "ab", {.active = false, .connection = Connection::delta});
    builder.customer("half", "near", "bc", {.active = false, .connection = Connection::delta});
    builder.inject("at_source", -1000.0, -100.0);
    builder.inject("switched", -2000.0, -200.0);
    builder.inject("between", 500.0, -300.0);
    builder.inject("half", -4000.0, 400.0);
    const Region region = builder.build();
    const SolvedBranches solved(region);
    const auto& [ac, branch, flows] = solved;

    ASSERT_GT(flows.loss_p(0), 10.0);
    EXPECT_NEAR(flows.head_p(0), 1000.0 + 2000.0 - 500.0 + 4000.0 + flows.loss_p(0), 1e-5);
    EXPECT_NEAR(flows.head_q(0), 100.0 + 200.0 + 300.0 - 400.0 + flows.loss_q(0), 1e-5);
}

TEST(AcPowerFlow, ACircleOfSwitchesHasNoCurrentsToTell) {
    FeederBuilder builder(230.0);
    builder.bus("far", "abc", 230.0);
    builder.bus("end", "abc", 230.0);
    builder.line("slack", "far", "abc", PhaseImpedance::uncoupled(0.2, 0.1));
    for (int k = 0; k < 2; ++k) builder.line("far", "end", "abc", PhaseImpedance::uncoupled(0.0, 0.0));
    builder.region().branch.kind[1] = builder.region().branch.kind[2] = BranchKind::circuit_switch;
    builder.customer("c", "end", "a", {.active = false});
    builder.inject("c", -2000.0);
    const Region region = builder.build();
    const SolvedBranches solved(region);
    const auto& [ac, branch, flows] = solved;

    EXPECT_TRUE(std::isnan(flows.current[2 * lane_count * branch.current(1, 0, 0)]));
    EXPECT_FALSE(std::isnan(flows.loss_p(0)));
}

TEST(AcPowerFlow, IslandsWithoutSupplyHaveNoVoltage) {
    Region region = two_buses(-5000.0);
    region.branch.closed[0] = 0;
    AcCase ac(region);

    ac.solve();

    EXPECT_EQ(ac.lanes.lane[0].status, AcStatus::converged);
    EXPECT_EQ(ac.flow.slot(1, 0), -1);
    EXPECT_EQ(ac.flow.network().unfed_customers, std::vector<std::int32_t>{0});
}

TEST(AcPowerFlow, AnActiveCustomerOnAnIslandIsAFault) {
    Region region = two_buses(-5000.0);
    region.branch.closed[0] = 0;
    region.customer.active[0] = 1;

    EXPECT_THROW(AcPowerFlow(region, 0), InvalidFeeder);
}

/// slack (11 kV) --- Dd transformer --- far, customers between phases: nothing ties the far side to ground.
Region floating_delta() {
    FeederBuilder builder(11000.0 / std::numbers::sqrt3);
    builder.bus("far", "abc", 400.0 / std::numbers::sqrt3);
    builder.line("slack", "far", "abc", PhaseImpedance::uncoupled(1.0, 1.0));
    BranchColumns& branch = builder.region().branch;
    branch.kind[0] = BranchKind::transformer;
    branch.line_code[0] = -1;
    branch.length[0] = 0;
    branch.transformer[0] = 0;
    TransformerColumns& t = builder.region().transformer;
    t.id = {"dd"};
    t.from_coil = t.to_coil = {{{{1, 2}, {2, 3}, {3, 1}}}};
    t.from_voltage = {11000.0};
    t.to_voltage = {400.0};
    t.from_tap = t.to_tap = {{1, 1, 1}};
    t.r = {0.01};
    t.x = {0.04};
    t.no_load_loss = {200.0};
    t.magnetising_power = {500.0};
    builder.customer("c", "far", "ab", {.active = false, .connection = Connection::delta});
    builder.inject("c", -10e3, -2e3);
    return builder.build();
}

TEST(AcPowerFlow, AFloatingDeltaHasMeanZeroAndItsPhaseToPhaseVoltages) {
    const Region region = floating_delta();
    AcCase ac(region);

    ac.solve();

    ASSERT_EQ(ac.lanes.lane[0].status, AcStatus::converged);
    const Complex a = ac.voltage(1, 0), b = ac.voltage(1, 1), c = ac.voltage(1, 2);
    EXPECT_NEAR(std::abs(a + b + c), 0.0, 1e-9);
    // The coil ab alone carries the load's current: phase to phase it is one source behind one impedance (coils bc and
    // ca of a closed delta take part with twice the impedance, in series): z = (z) (2 z) / (3 z).
    const Complex z = Complex(0.01, 0.04) * 2.0 / 3.0, s(10e3, 2e3);
    const Complex source = std::polar(400.0, std::numbers::pi / 6);
    Complex v = source;
    const Complex core = Complex(200.0, -500.0) / 3.0 / (400.0 * 400.0);
    for (int k = 0; k < 100; ++k) v = source - z * (std::conj(s / v) + 1.5 * core * v);
    EXPECT_NEAR(std::abs(a - b - v), 0.0, 1e-6);
}

/// slack (10.5 kV) --- line --- mid, a customer of three phases --- Yy transformer, mid's star floats --- far, empty.
/// No zero sequence passes; far's own is held by a billionth of the transformer's admittance.
Region zero_sequence_held_by_little() {
    const double base = 10500.0 / std::numbers::sqrt3;
    FeederBuilder builder(base);
    builder.bus("mid", "abc", base);
    builder.bus("far", "abc", base);
    builder.line("slack", "mid", "abc", PhaseImpedance::uncoupled(0.5, 1.0));
    builder.line("mid", "far", "abc", PhaseImpedance::uncoupled(1.0, 1.0));
    Region& region = builder.region();
    region.branch.kind[1] = BranchKind::transformer;
    region.branch.line_code[1] = -1;
    region.branch.length[1] = 0;
    region.branch.transformer[1] = 0;
    TransformerColumns& t = region.transformer;
    t.id = {"yy"};
    constexpr auto star = TransformerColumns::floating_star;
    t.from_coil = {{{{1, star}, {2, star}, {3, star}}}};
    t.to_coil = {{{{1, 0}, {2, 0}, {3, 0}}}};
    t.from_voltage = t.to_voltage = {base};
    t.from_tap = {{1.014, 1.014, 1.014}};
    t.to_tap = {{1, 1, 1}};
    t.r = {0.003};
    t.x = {0.05};
    t.no_load_loss = t.magnetising_power = {0.0};
    region.shunt.id = {"hold"};
    region.shunt.bus = {2};
    region.shunt.g.assign(1, {});
    region.shunt.b.assign(1, {});
    for (auto& row : region.shunt.b[0]) row = {-1e-9 / 0.05 / 3.0, -1e-9 / 0.05 / 3.0, -1e-9 / 0.05 / 3.0, 0.0};
    for (double& b : region.shunt.b[0][3]) b = 0.0;
    region.feeder.shunt_offset = {0, 1};
    builder.customer("c", "mid", "abc", {.active = false});
    builder.inject("c", -30e6);
    return builder.build();
}

// Rounding in the transformer's currents, 1e-16 of its admittance, moves that zero sequence by 1e-7 p.u. at every step
// of Newton's method (close to the largest power, 3 * 11.4 MW). Between phases voltages have their digits all the same.
TEST(AcPowerFlow, AZeroSequenceHeldByMillionthsIsAtRestWhereRoundingMovesIt) {
    const Region region = zero_sequence_held_by_little();
    AcCase ac(region);
    const double base = 10500.0 / std::numbers::sqrt3;
    const Complex z(0.5, 1.0), ab = 1.0 - std::polar(1.0, -2.0 * std::numbers::pi / 3.0);
    for (int turn = 0; turn < 10; ++turn) {
        const auto power = [&](int lane) { return -30e6 - 1e5 * (turn + 10 * lane) / 4.0; };
        for (int l = 0; l < lane_count; ++l) ac.set_power(0, l, power(l));

        ac.solve();

        for (int l = 0; l < lane_count; ++l) {
            ASSERT_EQ(ac.lanes.lane[l].status, AcStatus::converged) << power(l);
            EXPECT_GT(ac.lanes.lane[l].newton_steps, 0);
            EXPECT_LE(ac.lanes.lane[l].newton_steps, 10);
            Complex v = base;
            for (int k = 0; k < 1000; ++k) v = base + z * std::conj(power(l) / 3.0 / v);
            v /= 1.014;
            EXPECT_NEAR(std::abs(ac.voltage(2, 0, l) - ac.voltage(2, 1, l) - v * ab) / base, 0.0, 1e-9);
            EXPECT_NEAR(std::abs(ac.voltage(2, 0, l) - v) / base, 0.0, 1e-6);
        }
    }
}

/// 5 kW between phase a and the neutral of a bus whose line has no neutral.
Region neutral_behind_a_line() {
    FeederBuilder builder(230.0);
    builder.bus("far", "abc", 230.0);
    builder.line("slack", "far", "abc", PhaseImpedance::uncoupled(0.5, 0.0));
    builder.region().bus.phases[1] = phase::abc | phase::neutral;
    builder.customer("c", "far", "a", {.active = false});
    builder.inject("c", -5000.0);
    return builder.build();
}

/// With an electrode of r + j x ohm at the neutral of that bus.
Region earthed(Region region, double r, double x) {
    region.shunt.id = {"electrode"};
    region.shunt.bus = {1};
    region.shunt.g.assign(1, {});
    region.shunt.b.assign(1, {});
    region.shunt.g[0][3][3] = r / (r * r + x * x);
    region.shunt.b[0][3][3] = -x / (r * r + x * x);
    region.feeder.shunt_offset = {0, 1};
    return region;
}

TEST(AcPowerFlow, AnEarthedNeutralReturnsThroughTheGround) {
    const Region region = neutral_behind_a_line();
    EXPECT_THROW(AcPowerFlow(region, 0), InvalidFeeder) << "a neutral that leads nowhere";
    AcCase ac(earthed(region, 0.5, 0.0));

    ac.solve();

    // v (230 - v) = 5000 (0.5 + 0.5) across the customer
    const double v = 115.0 + std::sqrt(115.0 * 115.0 - 5000.0);
    EXPECT_NEAR(ac.voltage(1, 0).real() - ac.voltage(1, 3).real(), v, 1e-6);
    EXPECT_NEAR(ac.voltage(1, 3).real(), 0.5 * 5000.0 / v, 1e-6);
}

TEST(AcPowerFlow, AnElectrodeWithAsMuchReactanceAsResistanceIsEarthToo) {
    AcCase ac(earthed(neutral_behind_a_line(), 0.5, 0.5));  // conductance and susceptance add up to nothing

    ac.solve();

    const Complex current = std::conj(5000.0 / (ac.voltage(1, 0) - ac.voltage(1, 3)));
    EXPECT_NEAR(std::abs(ac.voltage(1, 3) - Complex(0.5, 0.5) * current), 0.0, 1e-6);
    EXPECT_NEAR(std::abs(230.0 - 0.5 * current - ac.voltage(1, 0)), 0.0, 1e-6);
}

/// What print_power_flow prints with one instruction set; empty: this processor has it not.
std::vector<double> printed(const std::string& level) {
    const test::Outcome outcome =
        test::run_program({"/usr/bin/env", "HEADROOM_SIMD=" + level, HEADROOM_PRINT_POWER_FLOW});
    std::vector<double> values;
    std::istringstream lines(outcome.out);
    for (std::string line; outcome.exit_code == 0 && std::getline(lines, line);)
        values.push_back(std::bit_cast<double>(static_cast<std::uint64_t>(std::stoull(line, nullptr, 16))));
    return values;
}

// A load beyond what its line carries goes to Newton's method, which knows no sweeps.
TEST(AcPowerFlow, SweptVoltagesAloneAreTheSameBitsAndTheOthersStay) {
    const Region region = test::mixed_feeder(3, 1.0);
    AcCase whole(region), swept(region);
    for (AcCase* ac : {&whole, &swept}) ac->set_power(0, 2, -1e9);
    whole.solve();
    const LaneArray before = swept.lanes.voltage;
    const auto first = static_cast<std::size_t>(whole.flow.factor().first()) * 2 * lane_count;
    ASSERT_GT(first, 0U) << "some nodes wait";

    swept.flow.solve_swept(swept.inputs, swept.lanes);

    ASSERT_EQ(whole.lanes.lane[2].status, AcStatus::diverged);
    EXPECT_EQ(swept.lanes.lane[2].status, AcStatus::diverged);
    const auto bits = [](double value) { return std::bit_cast<std::uint64_t>(value); };
    for (std::size_t k = 0; k < before.size(); ++k) {
        const bool waits = k < first && k % lane_count != 2;
        EXPECT_EQ(bits(swept.lanes.voltage[k]), bits(waits ? before[k] : whole.lanes.voltage[k])) << k;
    }
}

TEST(AcPowerFlow, EndsWhereItDoesFromNoLoadWhenItStartsNearby) {
    const Region region = test::mixed_feeder(3, 1.0);
    AcCase cold(region), warm(region);
    warm.solve();
    for (AcCase* ac : {&cold, &warm})
        for (int lane = 0; lane < lane_count; ++lane) ac->set_power(0, lane, 300.0 * lane, 100.0);
    cold.solve();

    warm.flow.solve_swept_on(warm.inputs, warm.lanes);

    const auto first = static_cast<std::size_t>(cold.flow.factor().first()) * 2 * lane_count;
    for (std::size_t k = first; k < cold.lanes.voltage.size(); ++k)
        EXPECT_NEAR(warm.lanes.voltage[k], cold.lanes.voltage[k], 1e-8 * (1.0 + std::abs(cold.lanes.voltage[k]))) << k;
    for (int lane = 0; lane < lane_count; ++lane) {
        EXPECT_EQ(warm.lanes.lane[lane].status, AcStatus::converged);
        EXPECT_LE(warm.lanes.lane[lane].sweeps, cold.lanes.lane[lane].sweeps);
    }
}

TEST(AcPowerFlow, ReadsNothingOfAStartButItsReadSlots) {
    const Region region = test::mixed_feeder(3, 1.0);
    AcCase known(region), unknown(region);
    for (AcCase* ac : {&known, &unknown}) {
        ac->solve();
        for (int lane = 0; lane < lane_count; ++lane) ac->set_power(0, lane, 300.0 * lane, 100.0);
    }
    std::vector<char> is_read(static_cast<std::size_t>(unknown.flow.slot_count()), 0);
    for (const std::int32_t slot : unknown.flow.read_slots()) is_read[static_cast<std::size_t>(slot)] = 1;
    const int first = unknown.flow.factor().first(), free = unknown.flow.factor().size();
    ASSERT_LT(std::ranges::count(is_read, 1), unknown.flow.slot_count() - first) << "some sweeps' nodes are not read";
    for (int slot = first; slot < free; ++slot)
        for (std::size_t k = 0; is_read[static_cast<std::size_t>(slot)] == 0 && k < 2 * lane_count; ++k)
            unknown.lanes.voltage[static_cast<std::size_t>(slot) * 2 * lane_count + k] =
                std::numeric_limits<double>::quiet_NaN();

    for (AcCase* ac : {&known, &unknown}) ac->flow.solve_swept_on(ac->inputs, ac->lanes);

    const auto begin = static_cast<std::size_t>(first) * 2 * lane_count;
    for (std::size_t k = begin; k < known.lanes.voltage.size(); ++k)
        EXPECT_EQ(unknown.lanes.voltage[k], known.lanes.voltage[k]) << k;
}

TEST(AcPowerFlow, BaselineAgreesWithAvx2ToTheTolerance) {
    const std::vector<double> baseline = printed("baseline"), avx2 = printed("avx2");
    ASSERT_FALSE(baseline.empty());
    if (avx2.empty()) GTEST_SKIP() << "no AVX2 here";

    ASSERT_EQ(baseline.size(), avx2.size());
    for (std::size_t k = 0; k < avx2.size(); ++k)
        EXPECT_NEAR(avx2[k], baseline[k], 1e-6 + 1e-8 * std::abs(avx2[k])) << k;
}

TEST(AcPowerFlow, WideRegistersGiveTheSameBits) {
    const std::vector<double> avx512 = printed("avx512");
    if (avx512.empty()) GTEST_SKIP() << "no AVX-512 here";

    const std::vector<double> avx2 = printed("avx2");
    ASSERT_EQ(avx2.size(), avx512.size());
    EXPECT_EQ(std::memcmp(avx2.data(), avx512.data(), avx2.size() * sizeof(double)), 0);
}

}  // namespace
}  // namespace headroom
