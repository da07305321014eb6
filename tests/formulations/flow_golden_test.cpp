// Published and recomputed numbers of the linear flow models.

#include <gtest/gtest.h>

#include <cmath>

#include "formulations/envelope/allocation.hpp"
#include "formulations/flow/path_sums.hpp"
#include "formulations/flow/reduced_network.hpp"
#include "formulations/flow/security_rows.hpp"
#include "tests/support/feeder_builder.hpp"

namespace headroom::test {
namespace {

constexpr double mile = 1609.344;

/// IEEE overhead line 601, ohm per mile.
PhaseImpedance line_601() {
    return {{{{.3465, .1560, .1580}, {.1560, .3375, .1535}, {.1580, .1535, .3414}}},
            {{{1.0179, .5017, .4236}, {.5017, 1.0478, .3849}, {.4236, .3849, 1.0348}}}};
}

/// The change of v_sq per unit of power at the end of one line, by the machinery that makes the security rows.
Complex sensitivity(const LinearNetwork& net, int voltage_phase, int power_phase) {
    PathSums sums(net);
    PhaseVector pick = PhaseVector::Zero();
    pick[voltage_phase] = 1;
    const PhaseVector f = sums.voltage(1, pick)[1];
    return 2.0 * std::conj(net.nodes[1].flat[voltage_phase]) * f[power_phase]
           * std::conj(1.0 / net.nodes[1].flat[power_phase]);
}

// slack --- end, one mile of line 601: M_P and M_Q as printed for the PowerModelsDistribution form.
TEST(LinDist3Flow, GivesThePublishedMatricesOfLine601) {
    const double m_p[3][3] = {
        {0.693000, 0.712970, -0.891697}, {-1.024970, 0.675000, 0.513166}, {0.575697, -0.820166, 0.682800}};
    const double m_q[3][3] = {
        {2.035800, -0.771900, -0.149936}, {-0.231500, 2.095600, -0.650770}, {-0.697264, -0.119030, 2.069600}};
    FeederBuilder builder(2401.8);
    builder.bus("end", "abc", 2401.8);
    builder.line("slack", "end", "abc", line_601());
    builder.active("c", "end", "abc", 1e3, 1e3);
    const Region region = builder.build();

    const LinearNetwork net = linear_network(region, 0, FlowModel::lin_dist3_flow, Monitoring::customers);

    for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 3; ++j) {
            EXPECT_NEAR(sensitivity(net, i, j).real(), m_p[i][j], 1e-6) << i << j;
            EXPECT_NEAR(sensitivity(net, i, j).imag(), m_q[i][j], 1e-6) << i << j;
        }
}

/// slack --- fork (abc, no charging) --- end (b alone, of a code whose three wires have 1 uS per m), 100 m each.
Region charged_lateral() {
    FeederBuilder builder(230);
    builder.bus("fork", "abc", 230);
    builder.bus("end", "b", 230);
    builder.line("slack", "fork", "abc", PhaseImpedance::uncoupled(1e-4, 1e-4), 100, 50, 40e3);
    builder.line("fork", "end", "b", PhaseImpedance::uncoupled(1e-4, 1e-4), 100, 20, 4e3);
    builder.active("c", "end", "b", 1e3, 1e3);
    Region region = builder.build();
    for (std::size_t p = 0; p < 3; ++p)
        region.line_code.b[static_cast<std::size_t>(region.branch.line_code[1])][p][p] = 1e-6;
    return region;
}

TEST(LinDist3Flow, CountsAllChargingOfALineAtItsSendingEndAndOnItsOwnPhases) {
    const LinearNetwork net = linear_network(charged_lateral(), 0, FlowModel::lin_dist3_flow, Monitoring::customers);
    const double charging = 100 * 1e-6 * 230 * 230;
    ASSERT_EQ(net.thermals.size(), 6u) << "3 + 1 of currents, 2 of powers";
    for (const LinearNetwork::Thermal& thermal : net.thermals) {
        const bool carried = thermal.phases != "a" && thermal.phases != "c";
        EXPECT_NEAR(thermal.shunt_flow.imag(), carried ? -charging : 0, 1e-9) << thermal.branch << thermal.phases;
        EXPECT_NEAR(thermal.shunt_flow.real(), 0, 1e-9) << thermal.branch << thermal.phases;
    }
}

TEST(LinDistFlow, CountsAllChargingOfALineAtItsSendingEnd) {
    const LinearNetwork net = linear_network(charged_lateral(), 0, FlowModel::lin_dist_flow, Monitoring::customers);
    ASSERT_EQ(net.thermals.size(), 4u);
    for (const LinearNetwork::Thermal& thermal : net.thermals)
        EXPECT_NEAR(thermal.shunt_flow.imag(), -100 * 1e-6 * 230 * 230, 1e-9) << thermal.branch;
}

struct Allocated {
    Region region;
    EnvelopeResult result;
    double export_kw(std::size_t customer, std::size_t step = 0) const {
        return result.export_limit[step * result.customer_count + customer] / 1e3;
    }
    double import_kw(std::size_t customer, std::size_t step = 0) const {
        return result.import_limit[step * result.customer_count + customer] / 1e3;
    }
};

Allocated run(Region region, const AllocationQuestion& question) {
    EnvelopeResult result = allocate(region, region.series.front(), question,
                                     std::vector<std::string>(region.feeder_count()), {.threads = 1});
    return {std::move(region), std::move(result)};
}

//        c1 c2           c3 c4       c5 c6
// slack --40-- b1 --18-- b2 --8-- b3         ratings in kVA, dc
//               \--10-- b4   (c7 c8)
FeederBuilder laminar_case(double passive_kw) {
    FeederBuilder builder(230.0);
    const auto z = PhaseImpedance::uncoupled(0.1, 0.1);
    for (const char* id : {"b1", "b2", "b3", "b4"}) builder.bus(id, "abc", 230.0);
    builder.line("slack", "b1", "abc", z, 1.0, not_given, 40e3);
    builder.line("b1", "b2", "abc", z, 1.0, not_given, 18e3);
    builder.line("b2", "b3", "abc", z, 1.0, not_given, 8e3);
    builder.line("b1", "b4", "abc", z, 1.0, not_given, 10e3);
    int k = 1;
    for (const char* bus : {"b1", "b1", "b2", "b2", "b3", "b3", "b4", "b4"})
        builder.active("c" + std::to_string(k++), bus, "abc", 10e3, 12e3);
    builder.customer("w", "b2", "abc", {.active = false});
    builder.inject("w", passive_kw * 1e3);
    return builder;
}

struct LaminarRow {
    double passive;
    std::array<double, 8> exports, imports;
};

class Laminar : public testing::TestWithParam<LaminarRow> {};

TEST_P(Laminar, MaxMinGivesTheGoldenEnvelopes) {
    const Allocated answer = run(laminar_case(GetParam().passive).build(), {.flow = FlowModel::dc});

    for (std::size_t c = 0; c < 8; ++c) {
        EXPECT_NEAR(answer.export_kw(c), GetParam().exports[c], 1e-9) << "c" << c + 1;
        EXPECT_NEAR(answer.import_kw(c), GetParam().imports[c], 1e-9) << "c" << c + 1;
    }
    EXPECT_TRUE(std::isnan(answer.export_kw(8))) << "a passive customer has no envelope";
}

INSTANTIATE_TEST_SUITE_P(
    GoldenS1, Laminar,
    testing::Values(LaminarRow{-2, {6, 6, 6, 6, 4, 4, 5, 5}, {6, 6, 4, 4, 4, 4, 5, 5}},
                    LaminarRow{0, {6, 6, 5, 5, 4, 4, 5, 5}, {6, 6, 5, 5, 4, 4, 5, 5}},
                    LaminarRow{3, {6, 6, 3.75, 3.75, 3.75, 3.75, 5, 5}, {6.25, 6.25, 6.25, 6.25, 4, 4, 5, 5}},
                    LaminarRow{-6, {7, 7, 7, 7, 4, 4, 5, 5}, {6, 6, 3, 3, 3, 3, 5, 5}}),
    [](const auto& row) { return "Passive" + std::to_string(row.index); });

TEST(Laminar, WeightsAreTheUnitsOfWeightedMaxMin) {
    FeederBuilder builder = laminar_case(-2);
    builder.region().customer.weight = {1, 2, 1, 2, 1, 3, 1, 1, 1};
    const std::array<double, 8> golden{4.4, 8.8, 4.0, 8.0, 2.0, 6.0, 4.4, 4.4};

    const Allocated answer = run(builder.build(), {.flow = FlowModel::dc, .reference = Reference::weight});

    for (std::size_t c = 0; c < 8; ++c) EXPECT_NEAR(answer.export_kw(c), golden[c], 1e-9) << "c" << c + 1;
}

TEST(Laminar, EqualShareGivesFourEach) {
    const Allocated answer = run(laminar_case(-2).build(), {.flow = FlowModel::dc, .policy = Policy::equal});

    for (std::size_t c = 0; c < 8; ++c) EXPECT_NEAR(answer.export_kw(c), 4.0, 1e-9) << "c" << c + 1;
}

// Where every row has equal coefficients (dc on a tree), max-min, proportional and every alpha-fair rule agree.
TEST(Laminar, EveryFairRuleGivesTheMaxMinEnvelopes) {
    const Allocated golden = run(laminar_case(-2).build(), {.flow = FlowModel::dc});
    const auto expect_golden = [&golden](const AllocationQuestion& question) {
        const Allocated answer = run(laminar_case(-2).build(), question);
        for (std::size_t c = 0; c < 8; ++c) {
            EXPECT_NEAR(answer.export_kw(c), golden.export_kw(c), 1e-6) << "alpha " << question.alpha << ", c" << c + 1;
            EXPECT_NEAR(answer.import_kw(c), golden.import_kw(c), 1e-6) << "alpha " << question.alpha << ", c" << c + 1;
        }
    };

    expect_golden({.flow = FlowModel::dc, .policy = Policy::proportional});
    for (const double alpha : {0.5, 2.0, 4.0})
        expect_golden({.flow = FlowModel::dc, .policy = Policy::alpha, .alpha = alpha});
}

TEST(Laminar, WeightedProportionalIsWeightedMaxMin) {
    FeederBuilder builder = laminar_case(-2);
    builder.region().customer.weight = {1, 2, 1, 2, 1, 3, 1, 1, 1};
    const std::array<double, 8> golden{4.4, 8.8, 4.0, 8.0, 2.0, 6.0, 4.4, 4.4};

    const Allocated answer = run(builder.build(), {.flow = FlowModel::dc, .policy = Policy::weighted});

    for (std::size_t c = 0; c < 8; ++c) EXPECT_NEAR(answer.export_kw(c), golden[c], 1e-6) << "c" << c + 1;
}

TEST(Laminar, MaximumTotalIs42AndItsTieBreakIsTheFlattestOfThem) {
    const Allocated answer = run(laminar_case(-2).build(), {.flow = FlowModel::dc, .policy = Policy::total});

    double total = 0;
    for (std::size_t c = 0; c < 8; ++c) total += answer.export_kw(c);
    EXPECT_NEAR(total, 42.0, 1e-6);
    // The smallest squares of one sum on a laminar feeder are its max-min point.
    const std::array<double, 8> flattest{6, 6, 6, 6, 4, 4, 5, 5};
    for (std::size_t c = 0; c < 8; ++c) EXPECT_NEAR(answer.export_kw(c), flattest[c], 1e-4) << "c" << c + 1;
}

// Each could export 10 kW alone but for c5 and c6, who share a line of 8 kW: shares in the ratio 10 : 8 until the line
// of c1 to c8 (40 + 2 kW) is full, or a line before it.
TEST(Laminar, KalaiSmorodinskyStopsAtTheFirstFullLine) {
    const Allocated answer = run(laminar_case(-2).build(),
                                 {.flow = FlowModel::dc, .policy = Policy::kalai_smorodinsky, .import_asked = false});

    // Lines: c5 + c6 <= 8, c7 + c8 <= 10, c3 + .. + c6 <= 20, all <= 42; own maxima 10, 8 (c5, c6), 10.
    const double fraction = std::min({8.0 / 16, 10.0 / 20, 20.0 / 36, 42.0 / 76});
    for (std::size_t c = 0; c < 8; ++c)
        EXPECT_NEAR(answer.export_kw(c), fraction * (c == 4 || c == 5 ? 8 : 10), 1e-9) << "c" << c + 1;
}

TEST(Laminar, QuadraticMeetsRequestsWhereThereIsRoom) {
    FeederBuilder builder = laminar_case(-2);
    builder.region().customer.export_request = {3e3, 3e3, 3e3, 3e3, 9e3, 3e3, 3e3, 3e3, not_given};
    builder.region().customer.import_request = builder.region().customer.export_request;

    const Allocated answer = run(
        builder.build(),
        {.flow = FlowModel::dc, .policy = Policy::quadratic, .reference = Reference::request, .import_asked = false});

    // Only c5 + c6 <= 8 is short, by 4: two each.
    const std::array<double, 8> golden{3, 3, 3, 3, 7, 1, 3, 3};
    // A request met exactly is pressed by nothing: its limit comes within the root of the gap.
    for (std::size_t c = 0; c < 8; ++c) EXPECT_NEAR(answer.export_kw(c), golden[c], 2e-5) << "c" << c + 1;
}

// The positive-sequence equivalent of IEEE 13 at 4.16 kV; r and x in p.u. on 5 MVA.
struct Section {
    const char *from, *to;
    double r, x;
};
constexpr Section ieee13_sections[] = {{"slack", "632", 0.0203523, 0.0653106},
                                       {"632", "670", 0.0067875, 0.0217811},
                                       {"670", "671", 0.0135648, 0.0435295},
                                       {"671", "680", 0.0101762, 0.0326553},
                                       {"632", "633", 0.0161991, 0.0208001},
                                       {"632", "645", 0.0306434, 0.0244299},
                                       {"645", "646", 0.0183861, 0.0146580},
                                       {"671", "692", 0.0000289, 0.0},
                                       {"692", "675", 0.0131757, 0.0112765},
                                       {"671", "684", 0.0183861, 0.0146580},
                                       {"684", "611", 0.0218203, 0.0221207},
                                       {"684", "652", 0.0587697, 0.0224310},
                                       {"633", "634", 0.11, 0.20}};
struct SpotLoad {
    const char* bus;
    double kw, kvar;
};
constexpr SpotLoad ieee13_loads[] = {{"634", 400, 290},  {"645", 170, 125}, {"646", 230, 132},
                                     {"671", 1155, 660}, {"692", 170, 151}, {"675", 843, 462},
                                     {"611", 170, 80},   {"652", 128, 86},  {"670", 200, 116}};

FeederBuilder ieee13(double load_share) {
    const double base = 4160 / std::sqrt(3.0), z_base = 4160.0 * 4160.0 / 5e6;
    FeederBuilder builder(base);
    for (const Section& s : ieee13_sections) {
        builder.bus(s.to, "abc", base);
        builder.line(s.from, s.to, "abc", PhaseImpedance::uncoupled(s.r * z_base, s.x * z_base));
    }
    for (const SpotLoad& load : ieee13_loads) {
        const std::string id = std::string("load") + load.bus;
        builder.customer(id, load.bus, "abc", {.active = false});
        builder.inject(id, -load_share * load.kw * 1e3, -load_share * load.kvar * 1e3);
    }
    builder.voltage_band(0.95 * base, 1.05 * base);
    return builder;
}

double voltage_pu(const Region& region, const std::string& bus) {
    const LinearNetwork full = linear_network(region, 0, FlowModel::lin_dist_flow, Monitoring::all);
    const SecurityRows rows(region, reduce(full), {});
    auto work = rows.workspace();
    for (std::size_t c = 0; c < rows.customers().size(); ++c) {
        const auto k = static_cast<std::size_t>(rows.customers()[c].customer);
        work.p[c * lane_count] = region.series[0].p_forecast[k];
        work.q[c * lane_count] = region.series[0].q_forecast[k];
    }
    const PhaseVector slack = slack_voltage(region, region.series[0], 0, 0, FlowModel::lin_dist_flow);
    for (std::size_t p = 0; p < 3; ++p) {
        work.slack[2 * p * lane_count] = slack[static_cast<int>(p)].real();
        work.slack[(2 * p + 1) * lane_count] = slack[static_cast<int>(p)].imag();
    }
    rows.room(work);
    for (int r = 0; r < rows.rows().row_count(); ++r) {
        const SecurityLimit& limit = rows.limits()[static_cast<std::size_t>(rows.limit_of_row(r))];
        if (region.bus.id[static_cast<std::size_t>(limit.bus)] == bus)
            return rows.base_value(work, r, 0) / region.bus.base_voltage[static_cast<std::size_t>(limit.bus)];
    }
    throw std::out_of_range(bus);
}

TEST(LinDistFlow, GivesTheGoldenVoltagesOfIeee13) {
    const Region region = ieee13(1.0).build();
    const std::pair<const char*, double> golden[] = {
        {"632", 0.957533}, {"670", 0.946617}, {"671", 0.926093}, {"680", 0.926093}, {"633", 0.954917},
        {"634", 0.933309}, {"645", 0.953654}, {"646", 0.952360}, {"692", 0.926087}, {"675", 0.922556},
        {"684", 0.924383}, {"611", 0.923196}, {"652", 0.922335}};

    for (const auto& [bus, voltage] : golden) EXPECT_NEAR(voltage_pu(region, bus), voltage, 2e-6 * voltage) << bus;
}

TEST(LinDistFlow, TakesCapacitorsAsConstantReactivePower) {
    FeederBuilder builder = ieee13(1.0);
    const double base = 4160 / std::sqrt(3.0);
    ShuntColumns& shunt = builder.region().shunt;
    for (const auto& [bus, kvar] : {std::pair{"675", 600.0}, std::pair{"611", 100.0}}) {
        ConductorMatrix b{};
        for (std::size_t p = 0; p < 3; ++p) b[p][p] = kvar * 1e3 / 3 / (base * base);
        const auto& ids = builder.region().bus.id;
        shunt.id.push_back(bus);
        shunt.bus.push_back(static_cast<std::int32_t>(std::find(ids.begin(), ids.end(), bus) - ids.begin()));
        shunt.g.push_back({});
        shunt.b.push_back(b);
    }
    const Region region = builder.build();

    EXPECT_NEAR(voltage_pu(region, "671"), 0.945633, 2e-6);
    EXPECT_NEAR(voltage_pu(region, "634"), 0.943055, 2e-6);
    EXPECT_NEAR(voltage_pu(region, "652"), 0.942265, 2e-6);
}

// slack --r-- end; the phases that the slack bus has are 2 % high, as they should be and 2 % low, or one alone.
TEST(LinDistFlow, StartsAtTheRootMeanSquareOfTheSlackPhases) {
    const double base = 230.0, r = 0.1, top = 1.05 * 1.05;
    const auto exports = [=](const std::string& phases) {
        FeederBuilder builder(base, phases);
        builder.bus("end", phases, base);
        builder.line("slack", "end", phases, PhaseImpedance::uncoupled(r, 0));
        builder.active("c", "end", phases, 1e6, 1e6);
        builder.voltage_band(0.9 * base, 1.05 * base);
        Region region = builder.build();
        region.series[0].slack_voltage = {1.02 * base, 1.00 * base, 0.98 * base};
        return run(std::move(region), {.flow = FlowModel::lin_dist_flow}).export_kw(0);
    };
    const auto room_kw = [=](double slack_sq) { return (top - slack_sq) * 3 * base * base / (2 * r) / 1e3; };

    EXPECT_NEAR(exports("abc"), room_kw((1.02 * 1.02 + 1 + 0.98 * 0.98) / 3), 1e-9);
    EXPECT_NEAR(exports("c"), room_kw(0.98 * 0.98), 1e-9);
}

// Three single-phase lines between the same buses are a three-phase line: each carries a third.
TEST(LinDistFlow, BranchesSideBySideShareThePower) {
    for (const FlowModel flow : {FlowModel::lin_dist_flow, FlowModel::dc}) {
        FeederBuilder builder(230.0);
        builder.bus("end", "abc", 230.0);
        for (const char* phase : {"a", "b", "c"})
            builder.line("slack", "end", phase, PhaseImpedance::uncoupled(1e-3, 0), 1.0, 100.0);
        builder.active("x", "end", "abc", 1e6, 1e6);

        const Allocated answer = run(builder.build(), {.flow = flow});

        EXPECT_NEAR(answer.export_kw(0), 3 * 100 * 0.23, 1e-9);
    }
}

// Exporters at eight buses, 30 % of the load as base; bus 652 binds and stops everybody.
TEST(LinDistFlow, GivesTheGoldenMaxMinEnvelopeOfIeee13) {
    for (const Policy policy : {Policy::max_min, Policy::equal}) {
        FeederBuilder builder = ieee13(0.3);
        for (const char* bus : {"634", "645", "646", "671", "692", "675", "611", "652"})
            builder.active(std::string("pv") + bus, bus, "abc", 2e6, 0.0);

        const Allocated answer =
            run(builder.build(), {.flow = FlowModel::lin_dist_flow, .policy = policy, .import_asked = false});

        double total = 0;
        for (std::size_t c = 9; c < 17; ++c) {
            EXPECT_NEAR(answer.export_kw(c), 1022.494, 1022.494 * 2e-6 + 5e-4) << answer.region.customer.id[c];
            total += answer.export_kw(c);
            const auto row = static_cast<std::size_t>(answer.result.export_binding_row[c]);
            EXPECT_EQ(answer.region.bus.id[static_cast<std::size_t>(answer.result.rows.bus[row])], "652");
        }
        EXPECT_NEAR(total, 8179.951, 8179.951 * 2e-6);
    }
}

// The same feeder: bus 652 is weak, so a proportional share gives it least and the whole far more.
TEST(LinDistFlow, GivesTheGoldenProportionalAndTotalEnvelopesOfIeee13) {
    const auto solve = [](Policy policy) {
        FeederBuilder builder = ieee13(0.3);
        for (const char* bus : {"634", "645", "646", "671", "692", "675", "611", "652"})
            builder.active(std::string("pv") + bus, bus, "abc", 2e6, 0.0);
        return run(builder.build(), {.flow = FlowModel::lin_dist_flow, .policy = policy, .import_asked = false});
    };
    const std::array<double, 8> golden{1210.593, 1704.142, 1501.368, 1312.648, 1312.648, 1312.648, 962.231, 519.199};

    const Allocated proportional = solve(Policy::proportional), total = solve(Policy::total);

    double sum = 0, largest = 0;
    for (std::size_t c = 0; c < 8; ++c) {
        EXPECT_NEAR(proportional.export_kw(9 + c), golden[c], golden[c] * 3e-6)  // r and x above have six digits
            << proportional.region.customer.id[9 + c];
        sum += proportional.export_kw(9 + c);
        largest += total.export_kw(9 + c);
    }
    EXPECT_NEAR(sum, 9835.478, 9835.478 * 2e-6);
    EXPECT_NEAR(largest, 10532.593, 10532.593 * 2e-6);
}

// slack --- n1 --- n2 with 9.6 kW of passive load at n2; 2 r = 0.21 / 57.5 p.u. per kW.
FeederBuilder three_nodes(const char* active_bus, double rating_kva) {
    const double base = 230.0,
                 r = 0.5 * (0.21 / 57.5) / 1e3 * 3 * base * base;  // balanced: v drops by 2 r P / (3 base^2)
    FeederBuilder builder(base);
    for (const char* bus : {"n1", "n2"}) builder.bus(bus, "abc", base);
    builder.line("slack", "n1", "abc", PhaseImpedance::uncoupled(r, 0), 1.0, not_given, rating_kva * 1e3);
    builder.line("n1", "n2", "abc", PhaseImpedance::uncoupled(r, 0), 1.0, not_given, rating_kva * 1e3);
    builder.customer("load", "n2", "abc", {.active = false});
    builder.inject("load", -9.6e3);
    builder.active("der", active_bus, "abc", 500e3, 500e3);
    builder.voltage_band(0.9 * base, 1.1 * base);
    return builder;
}

TEST(ThreeNodes, ThermalLimitsGiveThePublishedEnvelope) {
    const Allocated answer = run(three_nodes("n2", 19.6).build(), {.flow = FlowModel::dc});

    EXPECT_NEAR(answer.export_kw(1), 29.2, 1e-9);
    EXPECT_NEAR(answer.import_kw(1), 10.0, 1e-9);
}

// Exports at n1 are bound by its own voltage, imports by that of the passive load at n2.
TEST(ThreeNodes, VoltageLimitsGiveThePublishedEnvelope) {
    const AllocationQuestion question{.flow = FlowModel::lin_dist_flow};

    const Allocated first = run(three_nodes("n1", 1e6).build(), question);
    const Allocated second = run(three_nodes("n2", 1e6).build(), question);

    EXPECT_NEAR(first.export_kw(1), 67.1, 0.05);
    EXPECT_NEAR(first.import_kw(1), 32.82, 0.05);
    EXPECT_NEAR(second.export_kw(1), 38.35, 0.05);
    EXPECT_NEAR(second.import_kw(1), 16.41, 0.05);
}

}  // namespace
}  // namespace headroom::test
