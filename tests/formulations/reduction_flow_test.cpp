// Reduced feeders give what the unreduced ones give, everywhere.

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "formulations/flow/security_rows.hpp"
#include "formulations/flow/tree_solution.hpp"
#include "tests/support/ac_regions.hpp"
#include "tests/support/feeder_builder.hpp"
#include "tests/support/random_feeder.hpp"

namespace headroom::test {
namespace {

std::vector<Complex> random_powers(const LinearNetwork& net, std::mt19937& random) {
    std::vector<Complex> power;
    std::uniform_real_distribution<> kilowatt(-5e3, 5e3);
    for (std::size_t c = 0; c < net.customers.size(); ++c) power.emplace_back(kilowatt(random), kilowatt(random));
    return power;
}

RandomFeederOptions long_feeder(unsigned seed) {
    return {.buses = 60, .active = 6, .passive = 4, .transformer = seed % 2 == 1, .delta_customers = seed % 3 == 0};
}

/// The same with capacitors at every third bus, on all of its phases.
Region long_feeder_with_shunts(unsigned seed) {
    Region region = random_feeder(seed, long_feeder(seed));
    for (std::size_t bus = 2; bus < region.bus_count(); bus += 3) {
        region.shunt.id.push_back("shunt" + std::to_string(bus));
        region.shunt.bus.push_back(static_cast<std::int32_t>(bus));
        ConductorMatrix b{};
        for (std::size_t p = 0; p < 3; ++p)
            if (region.bus.phases[bus] >> p & 1) b[p][p] = 1e3 / std::pow(region.bus.base_voltage[bus], 2);
        region.shunt.g.push_back({});
        region.shunt.b.push_back(b);
    }
    region.feeder.shunt_offset = {0, static_cast<std::int64_t>(region.shunt.id.size())};
    return region;
}

class Reduction : public testing::TestWithParam<FlowModel> {};

TEST_P(Reduction, ExpandsToTheVoltagesOfEveryOriginalBus) {
    std::mt19937 random(7);
    for (unsigned seed = 0; seed < 50; ++seed) {
        const Region region = random_feeder(seed, long_feeder(seed));
        const LinearNetwork full = linear_network(region, 0, GetParam(), Monitoring::customers);
        const ReducedNetwork reduced = reduce(full);
        const auto power = random_powers(full, random);
        const PhaseVector slack = full.nodes[0].flat * 1.01;

        const TreeSolution unreduced = solve_tree(full, power, slack);
        const auto expanded = expand_voltages(reduced, solve_tree(reduced.net, power, slack));

        ASSERT_LT(reduced.net.nodes.size(), full.nodes.size()) << "seed " << seed;
        for (std::size_t i = 0; i < full.nodes.size(); ++i) {
            const double base = region.bus.base_voltage[static_cast<std::size_t>(full.nodes[i].bus)];
            EXPECT_LE((expanded[i] - unreduced.voltage[i]).cwiseAbs().maxCoeff(), 1e-9 * base)
                << "seed " << seed << " node " << i;
        }
    }
}

/// The unreduced network in the clothes of a reduced one.
ReducedNetwork not_reduced(const LinearNetwork& full) { return {full, {}, {}}; }

SecurityRows::Workspace base_case(const SecurityRows& rows, const std::vector<Complex>& power,
                                  const PhaseVector& slack) {
    auto work = rows.workspace();
    for (std::size_t c = 0; c < power.size(); ++c) {
        work.p[c * lane_count] = power[c].real();
        work.q[c * lane_count] = power[c].imag();
    }
    for (std::size_t p = 0; p < 3; ++p) {
        work.slack[2 * p * lane_count] = slack[static_cast<int>(p)].real();
        work.slack[(2 * p + 1) * lane_count] = slack[static_cast<int>(p)].imag();
    }
    rows.room(work);
    return work;
}

double room_used(const SecurityRows& rows, int row, const std::vector<double>& w) {
    double used = 0;
    for (int e = rows.rows().start[static_cast<std::size_t>(row)];
         e < rows.rows().start[static_cast<std::size_t>(row) + 1]; ++e)
        used += rows.rows().value[static_cast<std::size_t>(e)]
                * w[static_cast<std::size_t>(rows.rows().column[static_cast<std::size_t>(e)])];
    return used;
}

// Every row of the unreduced feeder is implied by one of the same limit or by a smaller rating of equal flow, and the
// tightest margins agree: reduced and unreduced rows describe the same set.
TEST_P(Reduction, LeavesTheTightestMarginOfEveryBoxUnchanged) {
    std::mt19937 random(11);
    std::uniform_real_distribution<> limit_kw(0, 20);
    for (unsigned seed = 0; seed < 50; ++seed) {
        const Region region = seed % 5 < 3 ? random_feeder(seed, long_feeder(seed)) : long_feeder_with_shunts(seed);
        const LinearNetwork full = linear_network(region, 0, GetParam(), Monitoring::customers);
        const SecurityRows reduced(region, reduce(full), {}), unreduced(region, not_reduced(full), {});
        const auto power = random_powers(full, random);
        const PhaseVector slack = full.nodes[0].flat;
        const auto reduced_base = base_case(reduced, power, slack), unreduced_base = base_case(unreduced, power, slack);
        for (int trial = 0; trial < 10; ++trial) {
            std::vector<double> w(2 * reduced.active_count());
            for (double& limit : w) limit = limit_kw(random);
            const auto tightest = [&](const SecurityRows& rows, const SecurityRows::Workspace& work) {
                double margin = std::numeric_limits<double>::infinity();
                for (int r = 0; r < rows.rows().row_count(); ++r)
                    margin =
                        std::min(margin, work.room[static_cast<std::size_t>(r) * lane_count] - room_used(rows, r, w));
                return margin;
            };
            EXPECT_NEAR(tightest(reduced, reduced_base), tightest(unreduced, unreduced_base), 1e-9) << "seed " << seed;
        }
    }
}

TEST_P(Reduction, KeepsWhereLoopsAreTornOpen) {
    std::mt19937 random(13);
    int loops = 0;
    for (unsigned seed = 0; seed < 20; ++seed) {
        Region region = random_feeder(seed, {.buses = 22, .active = 5, .passive = 4, .transformer = seed % 2 == 1});
        loops += add_ties(region);
        const LinearNetwork full = linear_network(region, 0, GetParam(), Monitoring::customers);
        const ReducedNetwork reduced = reduce(full);
        const auto power = random_powers(full, random);
        const PhaseVector slack = full.nodes[0].flat;
        const TreeSolution unreduced = solve_tree(full, power, slack);
        const auto expanded = expand_voltages(reduced, solve_tree(reduced.net, power, slack));
        ASSERT_LT(reduced.net.nodes.size(), full.nodes.size()) << "seed " << seed;
        for (std::size_t i = 0; i < full.nodes.size(); ++i)
            EXPECT_LE((expanded[i] - unreduced.voltage[i]).cwiseAbs().maxCoeff(), 1e-6) << "V, seed " << seed;
    }
    EXPECT_GT(loops, 15);
}

INSTANTIATE_TEST_SUITE_P(Models, Reduction,
                         testing::Values(FlowModel::dc, FlowModel::lin_dist_flow, FlowModel::lin_dist3_flow),
                         [](const auto& model) {
                             return model.param == FlowModel::dc              ? "Dc"
                                    : model.param == FlowModel::lin_dist_flow ? "LinDistFlow"
                                                                              : "LinDist3Flow";
                         });

// slack --(5 ohm, 90 A)-- b1 --(60 A)-- b2 --(70 A)-- b3 (customer);  b1 also has a dead end of three buses.
TEST(ReductionOfAChain, KeepsTheSmallestRatingAndTheSumOfImpedances) {
    FeederBuilder builder(230.0);
    const auto z = PhaseImpedance::uncoupled(1e-3, 2e-3);
    for (const char* bus : {"b1", "b2", "b3", "d1", "d2", "d3"}) builder.bus(bus, "abc", 230.0);
    builder.line("slack", "b1", "abc", z, 10, 90);
    builder.line("b1", "b2", "abc", z, 20, 60);
    builder.line("b2", "b3", "abc", z, 30, 70);
    builder.line("b1", "d1", "abc", z, 5, 10);
    builder.line("d1", "d2", "abc", z, 5, 10);
    builder.line("d2", "d3", "abc", z, 5, 10);
    builder.active("c", "b3", "a", 1e3, 1e3);

    const ReducedNetwork reduced =
        reduce(linear_network(builder.build(), 0, FlowModel::lin_dist3_flow, Monitoring::customers));

    ASSERT_EQ(reduced.net.nodes.size(), 2u);
    EXPECT_NEAR(std::abs(reduced.net.nodes[1].edge.impedance(0, 0) - Complex(0.06, 0.12)), 0, 1e-15);
    ASSERT_EQ(reduced.net.thermals.size(), 3u) << "one row per phase";
    for (const auto& thermal : reduced.net.thermals) EXPECT_DOUBLE_EQ(thermal.limit, 60 * 230.0);
}

// slack --(90 kV A)-- b1, with a capacitor of all phases --(phase a)-- b2 with a customer: what the capacitor takes in
// phases b and c goes through the first line too, though the two are one edge of phase a.
TEST(ReductionOfAChain, KeepsWhatShuntsTakeInPhasesThatEndThere) {
    FeederBuilder builder(230.0);
    const auto z = PhaseImpedance::uncoupled(1e-3, 2e-3);
    builder.bus("b1", "abc", 230.0);
    builder.bus("b2", "a", 230.0);
    builder.line("slack", "b1", "abc", z, 10, not_given, 90e3);
    builder.line("b1", "b2", "a", z, 20);
    builder.active("c", "b2", "a", 1e3, 1e3);
    Region& region = builder.region();
    region.shunt.id = {"capacitor"};
    region.shunt.bus = {1};
    region.shunt.g.assign(1, {});
    region.shunt.b.assign(1, {});
    for (std::size_t p = 0; p < 3; ++p) region.shunt.b[0][p][p] = 0.1;
    region.feeder.shunt_offset = {0, 1};

    const ReducedNetwork reduced =
        reduce(linear_network(builder.build(), 0, FlowModel::lin_dist3_flow, Monitoring::customers));

    ASSERT_EQ(reduced.net.nodes.size(), 2u);
    ASSERT_EQ(reduced.net.thermals.size(), 1u);
    EXPECT_NEAR(std::abs(reduced.net.thermals[0].shunt_flow - Complex(0, -3 * 230.0 * 230.0 * 0.1)), 0, 1e-9);
}

// 13 kV A are more than 50 A at the base voltage of 230 V, and less at 270 V; powers at both ends of a line differ.
TEST(ReductionOfAChain, KeepsEveryRatingOfAPower) {
    FeederBuilder builder(230.0);
    const auto z = PhaseImpedance::uncoupled(1e-3, 2e-3);
    for (const char* bus : {"b1", "b2", "b3"}) builder.bus(bus, "a", 230.0);
    builder.line("slack", "b1", "a", z, 10);
    builder.line("b1", "b2", "a", z, 20, 50);
    builder.line("b2", "b3", "a", z, 30);
    builder.region().branch.rating_power[0] = builder.region().branch.rating_power[2] = 13e3;
    builder.active("c", "b3", "a", 1e3, 1e3);

    const ReducedNetwork reduced =
        reduce(linear_network(builder.build(), 0, FlowModel::lin_dist3_flow, Monitoring::customers));

    ASSERT_EQ(reduced.net.thermals.size(), 3u);
}

// Overhead 601 followed by cable 606: the coefficient of a phase pair changes sign on the way.
TEST(SplitRows, SplitPathSumsNotBranches) {
    FeederBuilder builder(2401.8);
    const PhaseImpedance overhead{{{{.3465, .1560, .1580}, {.1560, .3375, .1535}, {.1580, .1535, .3414}}},
                                  {{{1.0179, .5017, .4236}, {.5017, 1.0478, .3849}, {.4236, .3849, 1.0348}}}};
    const PhaseImpedance cable{
        {{{.791721, .318476, .28345}, {.318476, .781649, .318476}, {.28345, .318476, .791721}}},
        {{{.438352, .0276838, -.0184204}, {.0276838, .396697, .0276838}, {-.0184204, .0276838, .438352}}}};
    for (const char* bus : {"b1", "b2"}) builder.bus(bus, "abc", 2401.8);
    builder.line("slack", "b1", "abc", overhead, 0.3);
    builder.line("b1", "b2", "abc", cable, 0.6);
    for (const char* phase : {"a", "b", "c"}) builder.active(phase, "b2", phase, 1e6, 1e6);
    const Region region = builder.build();

    const SecurityRows rows(region, reduce(linear_network(region, 0, FlowModel::lin_dist3_flow, Monitoring::customers)),
                            {});
    const PackingRows& a = rows.rows();

    // Exact worst case of the first voltage row over a box of equal sides against the corners, and the branch-wise sum.
    const double s3 = std::sqrt(3.0);
    const auto m = [&](const PhaseImpedance& z, std::size_t i, std::size_t j) {
        if (i == j) return 2 * z.r[i][i];
        const double sign = (j + 3 - i) % 3 == 1 ? 1.0 : -1.0;  // the phase pair's rotation
        return -z.r[i][j] + sign * s3 * z.x[i][j];
    };
    int sign_changes = 0;
    for (int r = 0; r < a.row_count(); ++r) {
        const SecurityLimit& limit = rows.limits()[static_cast<std::size_t>(rows.limit_of_row(r))];
        if (limit.kind != RowKind::voltage_max) continue;
        const auto i = static_cast<std::size_t>(limit.phases[0] - 'a');
        std::array<double, 6> expected{};
        for (std::size_t j = 0; j < 3; ++j) {
            const double first = 0.3 * m(overhead, i, j), second = 0.6 * m(cable, i, j);
            const double sum = (first + second) * 1e3 / (2401.8 * 2401.8);
            expected[sum > 0 ? j : 3 + j] = std::abs(sum);
            sign_changes += first * second < 0;
        }
        std::array<double, 6> actual{};
        for (int e = a.start[static_cast<std::size_t>(r)]; e < a.start[static_cast<std::size_t>(r) + 1]; ++e)
            actual[static_cast<std::size_t>(a.column[static_cast<std::size_t>(e)])] =
                a.value[static_cast<std::size_t>(e)];
        for (std::size_t k = 0; k < 6; ++k)
            EXPECT_NEAR(actual[k], expected[k], 1e-12) << limit.phases << " column " << k;
    }
    EXPECT_GT(sign_changes, 0) << "the case must show what it is for";
}

}  // namespace
}  // namespace headroom::test
