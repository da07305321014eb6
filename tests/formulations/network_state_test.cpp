// The power flow of the forecast: against closed forms, the plain nodal power flow and the limits that envelopes know.

#include "formulations/state/network_state.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>
#include <tuple>

#include "formulations/flow/security_rows.hpp"
#include "formulations/network/feeder_reach.hpp"
#include "formulations/network/validate.hpp"
#include "tests/support/ac_regions.hpp"
#include "tests/support/feeder_builder.hpp"
#include "tests/support/plain_power_flow.hpp"
#include "tests/support/random_feeder.hpp"
#include "tests/support/same_bits.hpp"
#include "tests/support/small_region.hpp"

namespace headroom {
namespace {

using test::FeederBuilder;
using test::PhaseImpedance;
using test::same_bits;

/// All blocks of a region one after the other, [step x ...] of the whole region.
struct Solved {
    TerminalTable terminals;
    StateBlock all;
    StateResult result;

    double voltage(std::size_t step, std::size_t terminal) const {
        return all.voltage[step * terminals.size() + terminal];
    }
    double angle(std::size_t step, std::size_t terminal) const { return all.angle[step * terminals.size() + terminal]; }
    double current(std::size_t step, std::size_t branch, std::size_t conductor) const {
        const auto branches = static_cast<std::size_t>(all.branch_count);
        return all.current[(step * branches + branch) * conductor_count + conductor];
    }
};

void append(const std::vector<double>& part, std::size_t width, std::size_t first, std::size_t all_width,
            std::vector<double>& all) {
    for (std::size_t step = 0; width > 0 && step < part.size() / width; ++step)
        std::copy_n(part.begin() + static_cast<std::ptrdiff_t>(step * width), width,
                    all.begin() + static_cast<std::ptrdiff_t>(step * all_width + first));
}

Solved solve(const Region& region, StateRun run = {.threads = 1}) {
    Solved solved{terminal_table(region), {}, {}};
    const SeriesSet& series = region.series.front();
    const std::size_t nodes = solved.terminals.size(), branches = region.branch_count();
    solved.all.branch_count = static_cast<std::int64_t>(branches);
    solved.all.voltage.assign(series.step_count() * nodes, 0.0);
    solved.all.angle = solved.all.voltage;
    solved.all.current.assign(series.step_count() * branches * conductor_count, 0.0);
    run.keep = [&](const StateBlock& block) {
        const auto width = static_cast<std::size_t>(block.terminal_count),
                   first = static_cast<std::size_t>(block.first_terminal);
        append(block.voltage, width, first, nodes, solved.all.voltage);
        append(block.angle, width, first, nodes, solved.all.angle);
        append(block.current, static_cast<std::size_t>(block.branch_count) * conductor_count,
               static_cast<std::size_t>(block.first_branch) * conductor_count, branches * conductor_count,
               solved.all.current);
    };
    const std::vector<std::string> faults = first_faults(validate(region), region.feeder_count());
    solved.result = network_state(region, series, solved.terminals, faults, run);
    return solved;
}

/// slack (230 V) --- r = 0.5 ohm, rated 20 A --- far: 5 kW on phase a, in two steps the second of which asks more.
Region two_steps(double second) {
    FeederBuilder builder(230.0);
    builder.bus("far", "abc", 230.0);
    builder.line("slack", "far", "abc", PhaseImpedance::uncoupled(0.5, 0.0), 1.0, 20.0);
    builder.customer("c", "far", "a", {.active = false});
    builder.inject("c", -5000.0);
    builder.voltage_band(225.0, 253.0);
    Region region = builder.build(2);
    region.series[0].p_forecast[1] = second;
    return region;
}

// V (230 - V) / 0.5 = 5000: V = 115 + sqrt(115^2 - 2500). The 1e-9 p.u. to which voltages are solved are 4.6e-7 A of
// the 22.9 A, so 1.1e-5 W of the losses and 1.1e-4 W of the source.
TEST(NetworkState, TwoBusesAreWhatTheirQuadraticSays) {
    const double voltage = 115.0 + std::sqrt(115.0 * 115.0 - 2500.0), current = (230.0 - voltage) / 0.5;

    const Solved solved = solve(two_steps(0.0));

    ASSERT_EQ(solved.terminals.size(), 6U);
    EXPECT_NEAR(solved.voltage(0, 3), voltage, 1e-6);
    EXPECT_NEAR(solved.angle(0, 3), 0.0, 1e-9);
    EXPECT_NEAR(solved.voltage(0, 4), 230.0, 1e-9) << "no load, no drop";
    EXPECT_NEAR(solved.angle(0, 4), -120.0, 1e-9);
    EXPECT_NEAR(solved.current(0, 0, 0), current, 1e-6);
    EXPECT_NEAR(solved.current(0, 0, 1), 0.0, 1e-9);
    EXPECT_TRUE(std::isnan(solved.current(0, 0, 3))) << "the line has no neutral";
    EXPECT_NEAR(solved.result.loss[0], 0.5 * current * current, 1.1e-5);
    EXPECT_NEAR(solved.result.head_power[0], 230.0 * current, 1.1e-4);
    EXPECT_NEAR(solved.result.head_power[1], 0.0, 1e-6);
}

TEST(NetworkState, ExtremesAreOfABusOrBranchAndCountWhatIsPassed) {
    const double voltage = 115.0 + std::sqrt(115.0 * 115.0 - 2500.0), current = (230.0 - voltage) / 0.5;

    const StateResult result = solve(two_steps(0.0)).result;

    const auto low = static_cast<std::size_t>(result.lowest_row[0]),
               full = static_cast<std::size_t>(result.fullest_row[0]);
    EXPECT_NEAR(result.lowest_voltage[0], voltage / 230.0, 1e-9);
    EXPECT_EQ(result.rows.kind[low], RowKind::voltage_min);
    EXPECT_EQ(result.rows.bus[low], 1);
    EXPECT_EQ(result.rows.phases[low], "a");
    EXPECT_NEAR(result.highest_voltage[0], 1.0, 1e-9);
    EXPECT_NEAR(result.highest_loading[0], current / 20.0, 4.6e-7 / 20.0);
    EXPECT_EQ(result.rows.kind[full], RowKind::branch_phase);
    EXPECT_EQ(result.rows.branch[full], 0);
    EXPECT_EQ(result.outside_band, (std::vector<std::int32_t>{1, 0})) << voltage << " V is below 225 V";
    EXPECT_EQ(result.over_rating, (std::vector<std::int32_t>{1, 0})) << current << " A";
}

TEST(NetworkState, ASourceAtTheEdgeOfItsBandIsInside) {
    FeederBuilder builder(230.0);
    builder.bus("far", "abc", 230.0);
    builder.line("slack", "far", "abc", PhaseImpedance::uncoupled(0.5, 0.0));
    builder.active("c", "far", "a", 5e3, 5e3);
    EXPECT_EQ(solve(builder.build(1, 1.1)).result.outside_band[0], 0);
    EXPECT_EQ(solve(builder.build(1, 1.1001)).result.outside_band[0], 6);
}

// At 1.15 p.u. 5 kW above a window up to 1.05 p.u. are an impedance of 230^2 1.05^2 / 5000 ohm behind 0.5 ohm.
TEST(NetworkState, OutsideTheirWindowLoadsAreImpedances) {
    Region region = two_steps(0.0);
    for (double& voltage : region.series[0].slack_voltage) voltage *= 1.15;
    const double ohm = 230.0 * 230.0 * 1.05 * 1.05 / 5000.0;

    const Solved solved =
        solve(region, {.threads = 1, .settings = AcSettings{.window = LoadWindow{.v_min = 0.95, .v_max = 1.05}}});

    EXPECT_NEAR(solved.voltage(0, 3), 1.15 * 230.0 * ohm / (ohm + 0.5), 1e-6);
}

// The largest power through 0.5 ohm is 230^2 / (4 * 0.5) = 26 450 W.
TEST(NetworkState, AStepWithoutAnAnswerSaysWhereAndLeavesTheOthersAlone) {
    const Solved solved = solve(two_steps(-27000.0)), sound = solve(two_steps(0.0));

    EXPECT_EQ(solved.result.status, (std::vector{StateStatus::solved, StateStatus::diverged}));
    EXPECT_EQ(solved.voltage(0, 3), sound.voltage(0, 3));
    EXPECT_TRUE(std::isnan(solved.voltage(1, 3)));
    EXPECT_TRUE(std::isnan(solved.current(1, 0, 0)));
    EXPECT_TRUE(std::isnan(solved.result.lowest_voltage[1]));
    EXPECT_EQ(solved.result.lowest_row[1], -1);
    EXPECT_EQ(solved.result.outside_band[1], 0);
    EXPECT_EQ(solved.result.mismatch_terminal[1], 3) << "far, phase a";
    EXPECT_GT(solved.result.mismatch[1], 0.0);
}

/// Every voltage against the plain power flow of each step.
void expect_plain(const Region& region, const char* what) {
    const Solved solved = solve(region);
    for (std::size_t step = 0; step < region.series[0].step_count(); ++step) {
        ASSERT_EQ(solved.result.status[step], StateStatus::solved) << what << " step " << step;
        test::PlainPowerFlow plain(region, step);
        ASSERT_TRUE(plain.solve(1e-12)) << what;
        for (std::size_t t = 0; t < solved.terminals.size(); ++t) {
            const int bus = solved.terminals.bus[t], conductor = solved.terminals.conductor[t];
            if (std::isnan(solved.voltage(step, t))) continue;
            const std::complex<double> expected = plain.voltage(bus, conductor + 1),
                                       found = std::polar(solved.voltage(step, t), solved.angle(step, t) * M_PI / 180);
            EXPECT_NEAR(std::abs(found - expected), 0.0, 1e-7 * region.bus.base_voltage[static_cast<std::size_t>(bus)])
                << what << " step " << step << " bus " << bus << " conductor " << conductor;
        }
    }
}

TEST(NetworkState, AgreesWithThePlainPowerFlowOnRandomFeeders) {
    for (unsigned seed = 1; seed <= 6; ++seed) {
        Region region = test::mixed_feeder(seed, 0.3);
        if (seed % 3 == 0) test::add_curves(region, true);
        expect_plain(region, ("seed " + std::to_string(seed)).c_str());
    }
}

TEST(NetworkState, AMeshedFeederIsSolved) {
    int meshes = 0;
    for (unsigned seed = 1; seed <= 4; ++seed) {
        Region region = test::random_feeder(seed, {.buses = 22, .passive = 6});
        meshes += test::add_ties(region);
        EXPECT_TRUE(validate(region).empty()) << summarise(validate(region));
        expect_plain(region, ("meshed, seed " + std::to_string(seed)).c_str());
    }
    EXPECT_GT(meshes, 4);
}

// The neutral is a node of its own, off ground where it carries current; bands hold between phase and neutral.
TEST(NetworkState, WithANeutralBandsAreJudgedAgainstIt) {
    const Region region = test::four_wires();
    const Solved solved = solve(region);
    double lowest = 1.0;
    for (std::int32_t bus = 0; bus < 4; ++bus)
        for (int phase = 0; phase < 3; ++phase) {
            const auto at = [&](int conductor) {
                const auto t = static_cast<std::size_t>(solved.terminals.row(bus, conductor));
                return std::polar(solved.voltage(0, t), solved.angle(0, t) * M_PI / 180);
            };
            lowest = std::min(lowest, std::abs(at(phase) - at(3)) / 230.0);
        }

    EXPECT_NEAR(solved.result.lowest_voltage[0], lowest, 1e-12);
    EXPECT_EQ(solved.voltage(0, static_cast<std::size_t>(solved.terminals.row(0, 3))), 0.0) << "of the slack bus";
    EXPECT_GT(solved.voltage(0, static_cast<std::size_t>(solved.terminals.row(3, 3))), 0.1);
    EXPECT_GT(solved.current(0, 2, 3), 0.1) << "what the neutral carries";
}

using Limit = std::tuple<RowKind, std::int32_t, std::int64_t, std::string>;

// All buses and phases of a radial feeder and all of its ratings; the slack bus beyond what envelopes look at.
TEST(NetworkState, LimitsAreThoseOfEnvelopesThatMonitorEveryBus) {
    for (unsigned seed = 1; seed <= 6; ++seed) {
        Region region = test::random_feeder(
            seed, {.buses = 18, .passive = 5, .transformer = seed % 2 == 0, .delta_customers = true});
        if (seed == 2) region.branch.rating_power[0] = 100e3;
        const SecurityRows envelopes(region,
                                     reduce(linear_network(region, 0, FlowModel::lin_dist3_flow, Monitoring::all)), {});
        const RowTable ours = solve(region).result.rows;
        std::map<Limit, double> expected, found;
        for (const SecurityLimit& limit : envelopes.limits())
            expected[{limit.kind, limit.bus, limit.branch, limit.phases}] = limit.limit;
        for (std::size_t k = 0; k < ours.size(); ++k)
            if (ours.branch[k] >= 0 || ours.bus[k] != region.feeder.slack_bus[0])
                found[{ours.kind[k], ours.bus[k], ours.branch[k], ours.phases[k]}] = ours.limit[k];

        EXPECT_EQ(found.size(), expected.size()) << seed;
        for (const auto& [limit, value] : expected) {
            const auto same = found.find(limit);
            ASSERT_NE(same, found.end()) << seed << ": kind " << static_cast<int>(std::get<0>(limit)) << " bus "
                                         << std::get<1>(limit) << " branch " << std::get<2>(limit) << " phases "
                                         << std::get<3>(limit);
            EXPECT_DOUBLE_EQ(same->second, value);
        }
    }
}

TEST(NetworkState, ADeltaSideIsJudgedBetweenPhases) {
    Region region = test::small_region(1);
    region.transformer.to_coil[0] = {{{1, 2}, {2, 3}, {3, 1}}};
    const FeederReach reach = feeder_reach(region, 0);
    EXPECT_FALSE(reach.is_three_wire(0));
    EXPECT_TRUE(reach.is_three_wire(1));
    EXPECT_TRUE(reach.is_three_wire(3)) << "two lines behind it";
}

// near --- far by two ways: one branch written towards the source, one closing the mesh.
TEST(NetworkState, TheSendingEndIsNearerToTheSource) {
    FeederBuilder builder(230.0);
    for (const char* bus : {"near", "side", "far"}) builder.bus(bus, "abc", 230.0);
    const PhaseImpedance z = PhaseImpedance::uncoupled(0.1, 0.0);
    builder.line("near", "slack", "abc", z);
    builder.line("side", "near", "abc", z);
    builder.line("near", "far", "abc", z);
    builder.line("far", "side", "abc", z);
    const Region region = builder.build();
    const FeederReach reach = feeder_reach(region, 0);

    EXPECT_EQ(reach.distance, (std::vector<std::int32_t>{0, 1, 2, 2}));
    EXPECT_EQ(reach.sending_side(region, 0), 1);
    EXPECT_EQ(reach.sending_side(region, 1), 1);
    EXPECT_EQ(reach.sending_side(region, 2), 0);
    EXPECT_EQ(reach.sending_side(region, 3), 0) << "equally near: from";
}

// c5 hangs behind an open switch, the second feeder has a fault.
TEST(NetworkState, WhatNothingFeedsHasNoVoltageAndAFaultStaysInItsFeeder) {
    Region region = test::small_region(3);
    region.branch.length[static_cast<std::size_t>(region.feeder.branch_offset[1]) + 1] = -3;

    const Solved solved = solve(region);

    const auto spare = static_cast<std::size_t>(solved.terminals.row(5, 0));
    EXPECT_TRUE(std::isnan(solved.voltage(0, spare)));
    EXPECT_FALSE(std::isnan(solved.voltage(0, spare - 1)));
    EXPECT_EQ(solved.result.idle_customers, (std::vector<std::int64_t>{1, 0, 1}));
    EXPECT_EQ(solved.result.status[1], StateStatus::invalid_input);
    EXPECT_NE(solved.result.feeder_fault[1].find("is -3"), std::string::npos) << solved.result.feeder_fault[1];
    const auto second = static_cast<std::size_t>(solved.terminals.row(6, 0)),
               third = static_cast<std::size_t>(solved.terminals.row(12, 0));
    EXPECT_TRUE(std::isnan(solved.voltage(0, second)));
    EXPECT_EQ(solved.voltage(0, third), solved.voltage(0, 0)) << "feeders 0 and 2 are alike";
}

TEST(NetworkState, ThreadsAndBlocksDoNotChangeABit) {
    Region region = test::small_region(5);
    region.customer.phases[12] = 0;
    const Solved one = solve(region);
    for (const StateRun& run : {StateRun{.threads = 3}, StateRun{.threads = 2, .block_bytes = 1}}) {
        const Solved other = solve(region, run);
        EXPECT_TRUE(same_bits(one.all.voltage, other.all.voltage));
        EXPECT_TRUE(same_bits(one.all.angle, other.all.angle));
        EXPECT_TRUE(same_bits(one.all.current, other.all.current));
        EXPECT_TRUE(same_bits(one.result.lowest_voltage, other.result.lowest_voltage));
        EXPECT_TRUE(same_bits(one.result.loss, other.result.loss));
        EXPECT_EQ(one.result.lowest_row, other.result.lowest_row);
        EXPECT_EQ(one.result.rows.bus, other.result.rows.bus);
    }
}

TEST(NetworkState, AFeederThatNoMemoryHoldsIsRefusedBeforeItIsSolvedUnlessNobodyKeepsIt) {
    const Region region = test::small_region(1);
    const std::vector<std::string> faults(1);
    const TerminalTable terminals = terminal_table(region);
    StateRun run{.threads = 1, .feeder_bytes = 1000};
    EXPECT_EQ(network_state(region, region.series[0], terminals, faults, run).status[0], StateStatus::solved);
    run.keep = [](const StateBlock&) { ADD_FAILURE() << "nothing is solved"; };
    try {
        network_state(region, region.series[0], terminals, faults, run);
        ADD_FAILURE() << "not refused";
    } catch (const std::invalid_argument& fault) {
        EXPECT_NE(std::string(fault.what()).find(region.feeder.id[0]), std::string::npos) << fault.what();
    }
}

}  // namespace
}  // namespace headroom
