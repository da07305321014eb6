// What joins two buses: turns N and impedance Z of every connection, derived by hand.

#include "formulations/network/edge_model.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <vector>

#include "formulations/flow/linear_network.hpp"
#include "tests/support/feeder_builder.hpp"

namespace headroom::test {
namespace {

using Coils = TransformerColumns::Coils;
constexpr Coils wye{{{1, 0}, {2, 0}, {3, 0}}};
constexpr Coils delta{{{1, 2}, {2, 3}, {3, 1}}};
constexpr Coils floating_wye{{{1, 5}, {2, 5}, {3, 5}}};
const double root3 = std::sqrt(3.0);

/// Turns a line of the builder into a transformer; z = 0.01 + 0.04j ohm per coil pair.
void make_transformer(Region& region, std::size_t branch, const Coils& from, const Coils& to, double from_voltage,
                      double to_voltage, std::array<double, 3> to_tap = {1, 1, 1}) {
    region.branch.kind[branch] = BranchKind::transformer;
    region.branch.line_code[branch] = -1;
    region.branch.length[branch] = 0;
    region.branch.transformer[branch] = static_cast<std::int32_t>(region.transformer.id.size());
    TransformerColumns& t = region.transformer;
    t.id.push_back("t" + std::to_string(t.id.size()));
    t.from_coil.push_back(from);
    t.to_coil.push_back(to);
    t.from_voltage.push_back(from_voltage);
    t.to_voltage.push_back(to_voltage);
    t.from_tap.push_back({1, 1, 1});
    t.to_tap.push_back(to_tap);
    t.r.push_back(0.01);
    t.x.push_back(0.04);
    t.no_load_loss.push_back(0);
    t.magnetising_power.push_back(0);
}

/// slack --- far, joined by `count` branches that are made into transformers or stay lines of 0.1 + 0.2j ohm.
Region two_buses(int count) {
    FeederBuilder builder(1000.0);
    builder.bus("far", "abc", 1000.0);
    for (int k = 0; k < count; ++k) builder.line("slack", "far", "abc", PhaseImpedance::uncoupled(0.1, 0.2));
    return builder.build();
}

EdgeModel edge_of(const Region& region) {
    std::vector<std::int64_t> branches(region.branch_count());
    for (std::size_t k = 0; k < branches.size(); ++k) branches[k] = static_cast<std::int64_t>(k);
    return edge_model(region, branches, 0);
}

template <class Actual, class Expected> void expect_matrix(const Actual& actual, const Expected& expected) {
    for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 3; ++j) EXPECT_NEAR(std::abs(actual(i, j) - expected(i, j)), 0.0, 1e-12) << i << j;
}

TEST(EdgeModel, OfALineIsItsImpedanceWithoutTransformation) {
    const EdgeModel edge = edge_of(two_buses(1));

    expect_matrix(edge.turns, TurnsMatrix(TurnsMatrix::Identity()));
    expect_matrix(edge.impedance, PhaseMatrix(Complex(0.1, 0.2) * PhaseMatrix::Identity()));
}

TEST(EdgeModel, OfADeltaWyeTransformerTakesPhaseDifferences) {
    Region region = two_buses(1);
    make_transformer(region, 0, delta, wye, 11000, 240);
    TurnsMatrix turns;
    turns << 1, -1, 0, 0, 1, -1, -1, 0, 1;

    const EdgeModel edge = edge_of(region);

    expect_matrix(edge.turns, TurnsMatrix(turns * (240.0 / 11000)));
    expect_matrix(edge.impedance, PhaseMatrix(Complex(0.01, 0.04) * PhaseMatrix::Identity()));
}

// Upstream of a delta winding only positive and negative sequence are seen, referred by the turns.
TEST(EdgeModel, ADeltaWindingHidesTheZeroSequenceOfWhatIsUpstream) {
    Region region = two_buses(1);
    make_transformer(region, 0, delta, wye, 1000 * root3, 100);
    const TurnsMatrix n = edge_of(region).turns;
    const Complex z1(1, 2), z0(50, 70);
    PhaseMatrix upstream;
    for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 3; ++j) upstream(i, j) = i == j ? (z0 + 2.0 * z1) / 3.0 : (z0 - z1) / 3.0;

    const PhaseMatrix seen = n * upstream * n.transpose();

    PhaseMatrix expected;
    for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 3; ++j) expected(i, j) = (i == j ? 2.0 : -1.0) / 3.0 * z1 * 0.01;
    expect_matrix(seen, expected);
}

TEST(EdgeModel, OfAWyeDeltaTransformerHasPhaseVoltagesWithZeroMean) {
    Region region = two_buses(1);
    make_transformer(region, 0, wye, delta, 1000, 400);

    const EdgeModel edge = edge_of(region);

    const Eigen::RowVector3d sum = edge.turns.colwise().sum();
    EXPECT_NEAR(sum.cwiseAbs().maxCoeff(), 0.0, 1e-12);
    // Across a pair on the delta side stands one coil: V_a - V_b = 0.4 of the wye phase, less its mean.
    const Eigen::RowVector3d pair = edge.turns.row(0) - edge.turns.row(1);
    EXPECT_NEAR(pair[0], 0.4 * 2 / 3, 1e-12);
    EXPECT_NEAR(pair[1], -0.4 / 3, 1e-12);
    // The wye equivalent of three coils in delta is a third of one.
    EXPECT_NEAR(std::abs(edge.impedance(0, 0) - edge.impedance(0, 1) - Complex(0.01, 0.04) / 3.0), 0, 1e-12);
}

// What enters at a phase of the sending side: the differences of coil currents on a delta, the conductors of a line.
TEST(BranchCurrents, TellWhatABranchDrawsAtItsSendingEnd) {
    Region region = two_buses(1);
    const std::vector<std::int64_t> branches{0};
    expect_matrix(branch_currents(region, branches, 0, 0).sending, TurnsMatrix(TurnsMatrix::Identity()));
    make_transformer(region, 0, delta, wye, 11000, 240);
    TurnsMatrix coil_pairs;
    coil_pairs << 1, -1, 0, 0, 1, -1, -1, 0, 1;

    const BranchCurrents of = branch_currents(region, branches, 0, 0);

    expect_matrix(of.sending, TurnsMatrix(coil_pairs * (240.0 / 11000)));
    const TurnsMatrix drawn = of.sending.transpose() * of.currents;
    expect_matrix(drawn, TurnsMatrix(edge_of(region).turns.transpose()));
}

TEST(EdgeModel, AFloatingStarBlocksTheZeroSequence) {
    Region region = two_buses(1);
    make_transformer(region, 0, floating_wye, wye, 1000, 1000);

    const TurnsMatrix turns = edge_of(region).turns;

    EXPECT_NEAR((turns * Eigen::Vector3d::Ones()).norm(), 0.0, 1e-12);
    EXPECT_NEAR(turns(0, 0), 2.0 / 3, 1e-12);
}

TEST(EdgeModel, ABankOfSinglePhaseRegulatorsIsOneEdgeWithATapPerPhase) {
    Region region = two_buses(3);
    for (int k = 0; k < 3; ++k) {
        const auto terminal = static_cast<std::int8_t>(k + 1);
        make_transformer(region, static_cast<std::size_t>(k), {{{terminal, 0}, {-1, -1}, {-1, -1}}},
                         {{{terminal, 0}, {-1, -1}, {-1, -1}}}, 1000, 1000, {1.0 + 0.02 * k, 1, 1});
    }

    const EdgeModel edge = edge_of(region);

    for (int p = 0; p < 3; ++p) {
        EXPECT_NEAR(edge.turns(p, p), 1.0 + 0.02 * p, 1e-12);
        EXPECT_NEAR(std::abs(edge.impedance(p, p) - Complex(0.01, 0.04) * std::pow(1.0 + 0.02 * p, 2)), 0, 1e-12);
    }
}

// Regulators between a-b and c-b, phase b straight through: raising both taps raises V_ab and V_cb.
TEST(EdgeModel, AnOpenDeltaWithItsStraightPhaseIsOneEdge) {
    Region region = two_buses(3);
    make_transformer(region, 0, {{{1, 2}, {-1, -1}, {-1, -1}}}, {{{1, 2}, {-1, -1}, {-1, -1}}}, 1000, 1000,
                     {1.1, 1, 1});
    make_transformer(region, 1, {{{3, 2}, {-1, -1}, {-1, -1}}}, {{{3, 2}, {-1, -1}, {-1, -1}}}, 1000, 1000,
                     {1.05, 1, 1});
    region.branch.phases[2] = phase::b;

    const TurnsMatrix turns = edge_of(region).turns;

    TurnsMatrix expected;
    expected << 1.1, 1 - 1.1, 0, 0, 1, 0, 0, 1 - 1.05, 1.05;
    expect_matrix(turns, expected);
}

// Each branch of a bank has a share of its own in the impedance of the edge that they make.
TEST(BranchImpedances, AddUpToTheImpedanceOfTheirEdge) {
    Region region = two_buses(3);
    make_transformer(region, 0, {{{1, 2}, {-1, -1}, {-1, -1}}}, {{{1, 2}, {-1, -1}, {-1, -1}}}, 1000, 1000,
                     {1.1, 1, 1});
    make_transformer(region, 1, {{{3, 2}, {-1, -1}, {-1, -1}}}, {{{3, 2}, {-1, -1}, {-1, -1}}}, 1000, 1000,
                     {1.05, 1, 1});
    region.branch.phases[2] = phase::b;

    const std::vector<PhaseMatrix> shares = branch_impedances(region, std::vector<std::int64_t>{0, 1, 2}, 0, {});

    ASSERT_EQ(shares.size(), 3u);
    EXPECT_NEAR((shares[0] + shares[1] + shares[2] - edge_of(region).impedance).norm(), 0, 1e-12);
    EXPECT_NEAR(std::abs(shares[0](0, 0) - Complex(0.01, 0.04) * 1.21), 0, 1e-12);
    EXPECT_NEAR(std::abs(shares[0](2, 2)), 0, 1e-12);
    EXPECT_NEAR(std::abs(shares[1](2, 2) - Complex(0.01, 0.04) * 1.1025), 0, 1e-12);
}

TEST(EdgeModel, ACentreTapGivesTwoOppositeHalves) {
    Region region = two_buses(1);
    make_transformer(region, 0, {{{1, 0}, {1, 0}, {-1, -1}}}, {{{1, 0}, {0, 2}, {-1, -1}}}, 1200, 120);

    const EdgeModel edge = edge_of(region);

    EXPECT_NEAR(edge.turns(0, 0), 0.1, 1e-12);
    EXPECT_NEAR(edge.turns(1, 0), -0.1, 1e-12);
    EXPECT_NEAR(std::abs(edge.impedance(1, 1) - Complex(0.01, 0.04)), 0, 1e-12);
}

// Two step-down units side by side, as one transformer of two coils: half the impedance.
TEST(EdgeModel, CoilsThatAreAlikeShareTheirCurrent) {
    Region region = two_buses(1);
    const TransformerColumns::Coils twice{{{1, 0}, {1, 0}, {-1, -1}}};
    make_transformer(region, 0, twice, twice, 1000, 100, {1, 1, 1});
    const std::vector<std::int64_t> branches{0};

    const EdgeModel edge = edge_of(region);
    const BranchCurrents coils = branch_currents(region, branches, 0, 0);

    EXPECT_NEAR(edge.turns(0, 0), 0.1, 1e-12);
    EXPECT_NEAR(std::abs(edge.impedance(0, 0) - Complex(0.01, 0.04) / 2.0), 0, 1e-12);
    for (int coil = 0; coil < 2; ++coil) EXPECT_NEAR(coils.currents(coil, 0), 0.5, 1e-12);

    region.transformer.to_tap[0][1] = 1.1;
    EXPECT_THROW(edge_of(region), std::invalid_argument) << "a current would go round in it";
}

TEST(EdgeModel, TwoLinesOnTheSamePhaseCloseALoop) { EXPECT_THROW(edge_of(two_buses(2)), std::invalid_argument); }

TEST(EdgeModel, ANeutralConductorCarriesTheReturnCurrent) {
    Region region = two_buses(1);
    region.branch.phases[0] = phase::abc | phase::neutral;
    ConductorMatrix& r = region.line_code.r[0];
    r[3][3] = 0.5;
    r[0][3] = r[3][0] = 0.02;

    const PhaseMatrix z = edge_of(region).impedance;

    EXPECT_NEAR(z(0, 0).real(), 0.1 - 2 * 0.02 + 0.5, 1e-12);
    EXPECT_NEAR(z(0, 1).real(), 0.0 - 0.02 - 0.0 + 0.5, 1e-12);
    EXPECT_NEAR(z(1, 1).real(), 0.1 + 0.5, 1e-12);
}

TEST(EdgeModel, SeenFromTheOtherSideIsTheInverse) {
    Region region = two_buses(1);
    make_transformer(region, 0, wye, wye, 1000, 500, {1.1, 1.1, 1.1});
    const std::vector<std::int64_t> branches{0};

    const EdgeModel down = edge_model(region, branches, 0), up = edge_model(region, branches, 1);

    expect_matrix(TurnsMatrix(up.turns * down.turns), TurnsMatrix(TurnsMatrix::Identity()));
    // V_to = N V_from - Z I_to turned round: the impedance referred to the other side.
    EXPECT_NEAR(std::abs(up.impedance(0, 0) - down.impedance(0, 0) / (0.55 * 0.55)), 0, 1e-12);
}

// slack --- regulated --- far: at no load voltages are the tap times the source, and drops upstream count tap squared.
TEST(LinearNetwork, CarriesTapsDownTheFeeder) {
    FeederBuilder builder(1000.0);
    for (const char* bus : {"near", "far"}) builder.bus(bus, "abc", 1000.0);
    builder.line("slack", "near", "abc", PhaseImpedance::uncoupled(0.3, 0.0));
    builder.line("near", "far", "abc", PhaseImpedance::uncoupled(0.0, 0.0));
    builder.active("x", "far", "a", 1e6, 1e6);
    make_transformer(builder.region(), 1, wye, wye, 1000, 1000, {1.1, 1.1, 1.1});
    builder.region().transformer.r[0] = builder.region().transformer.x[0] = 0.0;

    const LinearNetwork net = linear_network(builder.build(), 0, FlowModel::lin_dist3_flow, Monitoring::customers);

    EXPECT_NEAR(std::abs(net.nodes[2].flat[0]), 1100.0, 1e-9);
    EXPECT_NEAR(
        (net.nodes[2].edge.turns * net.nodes[1].edge.impedance.real() * net.nodes[2].edge.turns.transpose())(0, 0),
        0.3 * 1.1 * 1.1, 1e-12);
}

// Below a delta winding there is no neutral: voltages are watched between phases, limits times the root of three.
TEST(LinearNetwork, WatchesPhaseToPhaseVoltagesWhereThereIsNoNeutral) {
    for (const auto& [coils, phases] : {std::pair{delta, "ab bc ca "}, std::pair{wye, "a b c "}}) {
        FeederBuilder builder(1000.0);
        for (const char* bus : {"near", "far"}) builder.bus(bus, "abc", 1000.0);
        builder.line("slack", "near", "abc", PhaseImpedance::uncoupled(0.3, 0.0));
        builder.line("near", "far", "abc", PhaseImpedance::uncoupled(0.1, 0.0));
        builder.active("x", "far", "abc", 1e6, 1e6);
        make_transformer(builder.region(), 0, wye, coils, 1000, 1000);

        const LinearNetwork net = linear_network(builder.build(), 0, FlowModel::lin_dist3_flow, Monitoring::customers);

        std::string watched;
        for (const auto& monitor : net.monitors) watched += monitor.phases + " ";
        EXPECT_EQ(watched, phases);
        EXPECT_NEAR(net.monitors[0].maximum, 1100.0 * (coils == delta ? root3 : 1.0), 1e-9);
    }
}

}  // namespace
}  // namespace headroom::test
