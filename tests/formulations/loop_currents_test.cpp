// Linear models of meshed feeders: how power divides in loops, by hand and against one dense system.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "formulations/envelope/allocation.hpp"
#include "formulations/flow/loop_currents.hpp"
#include "formulations/flow/security_rows.hpp"
#include "formulations/flow/tree_solution.hpp"
#include "tests/support/ac_regions.hpp"
#include "tests/support/feeder_builder.hpp"
#include "tests/support/plain_flow.hpp"
#include "tests/support/small_region.hpp"

namespace headroom::test {
namespace {

constexpr double base = 230.0;

SecurityRows rows_of(const Region& region, FlowModel model = FlowModel::lin_dist3_flow) {
    return SecurityRows(region, reduce(linear_network(region, 0, model, Monitoring::customers)), {});
}

/// Largest entry of the rows of a branch, per kW, times the rating in kW: the share of a customer's power in it.
double share_through(const Region& region, const SecurityRows& rows, const std::string& branch) {
    double largest = 0;
    for (int r = 0; r < rows.row_count(); ++r) {
        const SecurityLimit& limit = rows.limits()[static_cast<std::size_t>(rows.limit_of_row(r))];
        if (limit.branch < 0 || region.branch.id[static_cast<std::size_t>(limit.branch)] != branch) continue;
        for (std::int32_t e = rows.rows().start[static_cast<std::size_t>(r)];
             e < rows.rows().start[static_cast<std::size_t>(r) + 1]; ++e)
            largest = std::max(largest, rows.rows().value[static_cast<std::size_t>(e)] * limit.limit / 1000.0);
    }
    return largest;
}

// slack - a - b - slack, three lines alike, a customer at a: two thirds come the short way.
Region ring(double customer_cap = 100e3) {
    FeederBuilder builder(base);
    for (const char* bus : {"a", "b"}) builder.bus(bus, "abc", base);
    const PhaseImpedance z = PhaseImpedance::uncoupled(0.1, 0.05);
    builder.line("slack", "a", "abc", z, 1.0, 100);
    builder.line("a", "b", "abc", z, 1.0, 100);
    builder.line("b", "slack", "abc", z, 1.0, 100);
    builder.active("c", "a", "a", customer_cap, customer_cap);
    builder.region().branch.id = {"short", "across", "long"};
    return builder.build();
}

TEST(LoopCurrents, DivideByTheImpedancesOfTheWays) {
    const Region region = ring();
    for (const FlowModel model : {FlowModel::dc, FlowModel::lin_dist_flow, FlowModel::lin_dist3_flow}) {
        const SecurityRows rows = rows_of(region, model);
        EXPECT_NEAR(share_through(region, rows, "short"), 2.0 / 3, 1e-12);
        EXPECT_NEAR(share_through(region, rows, "across"), 1.0 / 3, 1e-12);
        EXPECT_NEAR(share_through(region, rows, "long"), 1.0 / 3, 1e-12);
    }
}

TEST(LoopCurrents, MakeTheVoltageThatOfBothWaysTogether) {
    const SecurityRows rows = rows_of(ring());
    const double parallel = 0.1 * 2 / 3;  // 0.1 ohm beside 0.2 ohm
    ASSERT_EQ(rows.limits()[0].kind, RowKind::voltage_max);
    EXPECT_NEAR(rows.rows().value[0], 2 * parallel * 1000 / (base * base), 1e-12);
}

// 0.3 + 0.1j ohm beside 0.1 + 0.1j ohm: by reactance alike, by impedance not.
TEST(LoopCurrents, SideBySideLinesShareByTheirImpedances) {
    FeederBuilder builder(base);
    builder.bus("far", "abc", base);
    builder.line("slack", "far", "abc", PhaseImpedance::uncoupled(0.3, 0.1), 1.0, 100);
    builder.line("far", "slack", "abc", PhaseImpedance::uncoupled(0.1, 0.1), 1.0, 100);
    builder.active("c", "far", "b", 50e3, 50e3);
    builder.region().branch.id = {"thin", "thick"};
    const Region region = builder.build();
    const Complex thin(0.3, 0.1), thick(0.1, 0.1), through_thin = thick / (thin + thick);

    const SecurityRows unbalanced = rows_of(region);

    double most = 0;  // along the sides of the polygon
    for (int side = 0; side < SecurityRows::polygon_sides; ++side)
        most = std::max(
            most, (std::conj(std::polar(1.0, 2 * M_PI * side / SecurityRows::polygon_sides)) * through_thin).real());
    EXPECT_NEAR(share_through(region, unbalanced, "thin"), most, 1e-12);
    EXPECT_NEAR(share_through(region, rows_of(region, FlowModel::dc), "thin"), 0.5, 1e-12);
    EXPECT_NEAR(share_through(region, rows_of(region, FlowModel::dc), "thick"), 0.5, 1e-12);
}

// Two transformers side by side, one a step higher: a current goes round that nobody asked for.
TEST(LoopCurrents, TurnsThatDoNotMatchDriveACurrentOfTheirOwn) {
    Region region = small_region(1);
    region.customer.q_absorb_max.assign(region.customer_count(), 0.0);
    region.customer.q_inject_max.assign(region.customer_count(), 0.0);
    append_branch(region, 0, "t2", 0, 1);
    const std::size_t higher = own_transformer(region, region.branch_count() - 1);
    constexpr double step = 1.025;
    for (double& tap : region.transformer.to_tap[higher]) tap *= step;
    const LinearNetwork net = linear_network(region, 0, FlowModel::lin_dist3_flow, Monitoring::customers);
    ASSERT_EQ(net.closures.size(), 1U);

    // The loop is between the to sides: volts apart over the two impedances, that of a coil with its tap squared.
    const LinearNetwork::Node& end = net.nodes[static_cast<std::size_t>(net.closures[0].end)];
    const auto own = static_cast<std::size_t>(net.closures[0].node);
    const double volts = (step - 1) * std::abs(net.nodes[own].flat[0]);
    const Complex z = net.nodes[own].edge.impedance(0, 0), z_higher = end.edge.impedance(0, 0);
    const auto around = [&](std::int32_t node, std::size_t phase) {
        for (const LinearNetwork::Thermal& thermal : net.thermals)
            if (thermal.node == node && thermal.kind == RowKind::winding
                && thermal.phases == std::string(1, "abc"[phase]))
                return std::abs(thermal.shunt_flow) / std::abs(net.nodes[static_cast<std::size_t>(node)].flat[0]);
        return not_given;
    };
    const double expected = volts / std::abs(z + z_higher);
    EXPECT_NEAR(z_higher.real() / z.real(), step * step, 1e-12);
    EXPECT_NEAR(around(net.closures[0].end, 0), expected, 0.02 * expected) << "A; capacitors at main take some";
    EXPECT_NEAR(net.shunt_voltage_rise[own][0].real(),
                volts / 2 * net.nodes[own].flat[0].real() / std::abs(net.nodes[own].flat[0]), 0.1 * volts)
        << "half of it lifts the bus";
}

TEST(LoopCurrents, ALoopWithoutImpedanceIsRefusedByName) {
    FeederBuilder builder(base);
    for (const char* bus : {"a", "b"}) builder.bus(bus, "abc", base);
    const PhaseImpedance none = PhaseImpedance::uncoupled(0, 0), resistance = PhaseImpedance::uncoupled(0.1, 0);
    builder.line("slack", "a", "abc", resistance);
    builder.line("a", "b", "abc", none);
    builder.line("b", "a", "abc", none);
    builder.active("c", "b", "a", 1e3, 1e3);
    builder.region().branch.id = {"feed", "one", "other"};
    const auto message = [&](FlowModel model) {
        try {
            static_cast<void>(linear_network(builder.build(), 0, model, Monitoring::customers));
        } catch (const InvalidFeeder& fault) {
            return std::string(fault.what());
        }
        return std::string();
    };
    EXPECT_EQ(message(FlowModel::lin_dist3_flow),
              "branch 'other' closes a loop without impedance: nothing settles how power divides in it");

    builder.region().line_code.r[static_cast<std::size_t>(builder.region().branch.line_code[1])][0][0] = 0.1;
    for (const std::size_t line : {1U, 2U})
        for (std::size_t p = 0; p < 3; ++p)
            builder.region().line_code.r[static_cast<std::size_t>(builder.region().branch.line_code[line])][p][p] = 0.1;
    EXPECT_EQ(message(FlowModel::lin_dist3_flow), "");
    EXPECT_EQ(message(FlowModel::dc),
              "branch 'other' closes a loop without reactance: nothing settles how power divides in it");
}

// A bus whose phases come by different ways: what tears its loop is no loop for either phase.
//
//     slack --- u --(a)--.
//       |                 v --(ab)-- x       is     slack --(ab, uncoupled)-- v --(ab)-- x
//       '------ w --(b)--'
TEST(LoopCurrents, PhasesMayComeByDifferentWays) {
    const PhaseImpedance z = PhaseImpedance::uncoupled(1e-3, 5e-4),
                         coupled = PhaseImpedance::coupled(1e-3, 8e-4, 2e-4, 3e-4);
    const auto allocated = [](const FeederBuilder& builder) {
        const Region region = builder.build(1);
        const EnvelopeResult result = allocate(region, region.series.front(), {}, {""}, {.threads = 1});
        EXPECT_EQ(result.feeder_fault[0], "");
        EXPECT_EQ(result.status[0], ItemStatus::solved);
        return result;
    };
    const auto add_rest = [&](FeederBuilder& builder) {
        builder.line("v", "x", "ab", coupled, 60, 100);
        for (const char* phase : {"a", "b"}) {
            builder.active(std::string("c") + phase, "x", phase, 60e3, 60e3);
            builder.active(std::string("d") + phase, "v", phase, 60e3, 60e3);
        }
    };
    FeederBuilder ways(base);
    ways.bus("u", "abc", base);
    ways.bus("w", "abc", base);
    for (const char* bus : {"v", "x"}) ways.bus(bus, "ab", base);
    ways.line("slack", "u", "abc", z, 100);
    ways.line("slack", "w", "abc", z, 50);
    ways.line("u", "v", "a", z, 20, 150);
    ways.line("w", "v", "b", z, 30, 150);
    add_rest(ways);
    FeederBuilder tree(base);
    for (const char* bus : {"v", "x"}) tree.bus(bus, "ab", base);
    PhaseImpedance both = PhaseImpedance::uncoupled(0, 0);
    both.r[0][0] = 120e-3, both.x[0][0] = 60e-3, both.r[1][1] = 80e-3, both.x[1][1] = 40e-3;
    tree.line("slack", "v", "ab", both, 1, 150);
    add_rest(tree);

    const EnvelopeResult meshed = allocated(ways), radial = allocated(tree);

    ASSERT_EQ(meshed.export_limit.size(), 4U);
    for (std::size_t c = 0; c < 4; ++c) {
        EXPECT_NEAR(meshed.export_limit[c], radial.export_limit[c], 1e-6) << c;
        EXPECT_NEAR(meshed.import_limit[c], radial.import_limit[c], 1e-6) << c;
        EXPECT_LT(meshed.import_limit[c], 60e3) << "rows hold it";
    }
}

/// Squared voltages of all customers' phases by the torn tree and by the dense system.
void expect_plain(const Region& region, std::mt19937& random, unsigned seed) {
    std::uniform_real_distribution<> watt(-8e3, 8e3);
    const LinearNetwork net = linear_network(region, 0, FlowModel::lin_dist3_flow, Monitoring::customers);
    std::vector<double> p, q;
    std::vector<Complex> power;
    for (std::size_t c = 0; c < region.customer_count(); ++c) {
        p.push_back(watt(random)), q.push_back(watt(random) / 3);
        power.emplace_back(p.back(), q.back());
    }
    const PhaseVector slack = slack_voltage(region, region.series[0], 0, 0, FlowModel::lin_dist3_flow);
    const TreeSolution solution = solve_tree(net, power, slack);
    const PlainFlow plain = plain_flow(region, 0, p, q);
    for (const LinearNetwork::Closure& closure : net.closures)
        for (int phase = 0; phase < 3; ++phase) {
            const auto end = static_cast<std::size_t>(closure.end), node = static_cast<std::size_t>(closure.node);
            if (net.nodes[end].flat[phase] == Complex{}) continue;
            EXPECT_LE(std::abs(solution.voltage[end][phase] - solution.voltage[node][phase]), 1e-8 * base)
                << "one bus has one voltage, seed " << seed;
        }
    for (const LinearNetwork::Monitor& monitor : net.monitors) {
        if (monitor.phases.size() > 1) continue;
        const auto node = static_cast<std::size_t>(monitor.node);
        const LinearNetwork::Node& at = net.nodes[node];
        const auto phase = static_cast<int>(monitor.phases[0] - 'a');
        const PhaseVector no_load = at.from_slack * slack;
        const double v_sq = std::norm(no_load[phase])
                            + 2 * (std::conj(at.flat[phase]) * (solution.voltage[node] - no_load)[phase]).real();
        EXPECT_NEAR(v_sq, plain.v_sq[static_cast<std::size_t>(at.bus)][static_cast<std::size_t>(phase)], 1e-4)
            << "V^2, seed " << seed;
    }
}

TEST(LoopCurrents, AgreeWithOneDenseSystemOnRandomMeshes) {
    std::mt19937 random(3);
    for (unsigned seed = 0; seed < 30; ++seed)
        expect_plain(meshed_feeder(seed, {.buses = 22, .transformer = seed % 2 == 0, .delta_customers = true}), random,
                     seed);
}

bool supplies_every_phase(const Region& region) {
    const LinearNetwork net = linear_network(region, 0, FlowModel::lin_dist3_flow, Monitoring::customers);
    std::vector<unsigned> supplied(region.bus_count(), 0);
    for (const LinearNetwork::Node& node : net.nodes)
        for (int p = 0; p < 3; ++p)
            if (node.flat[p] != Complex{}) supplied[static_cast<std::size_t>(node.bus)] |= 1u << p;
    for (std::size_t bus = 0; bus < region.bus_count(); ++bus)
        if ((region.bus.phases[bus] & ~supplied[bus]) != 0) return false;
    return true;
}

// A wire of a line in a loop is cut: its phase comes round the other way to all behind it.
TEST(LoopCurrents, AgreeWithOneDenseSystemWherePhasesComeRoundTheOtherWay) {
    std::mt19937 random(5);
    int entries = 0;
    for (unsigned seed = 0; seed < 20; ++seed) {
        const Region whole = meshed_feeder(seed, {.buses = 22, .ratings = false});
        for (std::size_t line = 1; line < whole.branch_count(); ++line) {
            if (whole.branch.phases[line] != phase::abc) continue;
            Region region = whole;
            region.branch.phases[line] = phase::a | phase::c;
            try {
                if (!supplies_every_phase(region)) continue;
            } catch (const InvalidFeeder&) {
                continue;  // no loop goes round it: customers behind it have lost phase b
            }
            entries += static_cast<int>(
                linear_network(region, 0, FlowModel::lin_dist3_flow, Monitoring::customers).entries.size());
            expect_plain(region, random, seed);
        }
    }
    EXPECT_GT(entries, 20);
}

TEST(LoopCurrents, ErrorsOfImpedancesAreRefusedByName) {
    const Region region = ring();
    AllocationQuestion question;
    question.errors.impedance = 0.1;

    const EnvelopeResult result = allocate(region, region.series.front(), question, {""}, {.threads = 1});

    EXPECT_EQ(result.status[0], ItemStatus::invalid_input);
    EXPECT_EQ(result.feeder_fault[0],
              "branch 'across' closes a loop, and errors of impedances are known for trees alone");
}

}  // namespace
}  // namespace headroom::test
