// Published networks: what they must hold, and that a plain power flow on the imported region gives the node voltages
// that OpenDSS computed for them.

#include <cstring>
#include <filesystem>
#include <fstream>
#include <numbers>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "formulations/envelope/allocation.hpp"
#include "formulations/network/validate.hpp"
#include "io/errors.hpp"
#include "io/import/import_sources.hpp"
#include "io/import/opendss/opendss_import.hpp"
#include "tests/support/ac_case.hpp"
#include "tests/support/imports.hpp"
#include "tests/support/plain_power_flow.hpp"

namespace headroom {
namespace {

using test::row;

namespace fs = std::filesystem;

const fs::path data = HEADROOM_SHARED_DATA;

#define SKIP_WITHOUT_DATA() \
    if (!fs::exists(data / "opendss-ieee")) GTEST_SKIP() << "no data in " << data

/// Loads that keep the model they declare: active customers are constant power at any voltage.
OpenDssOptions as_declared() {
    OpenDssOptions options;
    options.active = "none";
    return options;
}

struct Agreement {
    int nodes = 0, absent = 0;
    double worst = 0.0;  ///< p.u. of the bus's base
    std::string where;
};

/// Node voltages of the region against a file "node,volt,degree,...".
Agreement compare(const test::PlainPowerFlow& flow, const Region& region, const fs::path& file) {
    Agreement result;
    std::map<std::string, int> buses;
    for (std::size_t k = 0; k < region.bus_count(); ++k) buses[region.bus.id[k]] = static_cast<int>(k);
    std::ifstream stream(file);
    std::string line;
    std::getline(stream, line);
    while (std::getline(stream, line)) {
        std::istringstream fields(line);
        std::string node, volt, degree;
        std::getline(fields, node, ',');
        std::getline(fields, volt, ',');
        std::getline(fields, degree, ',');
        const std::size_t dot = node.rfind('.');
        const auto bus = buses.find(node.substr(0, dot));
        const int terminal = std::stoi(node.substr(dot + 1));
        if (bus == buses.end() || !flow.has(bus->second, terminal)) {
            ++result.absent;
            continue;
        }
        const auto expected = std::polar(std::stod(volt), std::stod(degree) * std::numbers::pi / 180.0);
        const double error =
            std::abs(flow.voltage(bus->second, terminal) - expected) / region.bus.base_voltage[bus->second];
        ++result.nodes;
        if (error > result.worst) result.worst = error, result.where = node;
    }
    return result;
}

struct ReferenceCase {
    std::string file, reference;
    double v_min, v_max;  ///< window of the loads, p.u.
    double tolerance;     ///< p.u.; the reference has 1e-7 of digits
    int nodes;
};

class DssReference : public testing::TestWithParam<ReferenceCase> {};

TEST_P(DssReference, NodeVoltagesAgreeWithOpenDss) {
    SKIP_WITHOUT_DATA();
    const ReferenceCase& c = GetParam();

    const Region region = import_opendss(data / c.file, as_declared()).region;
    test::PlainPowerFlow flow(region, 0, c.v_min, c.v_max);

    ASSERT_TRUE(flow.solve());
    const Agreement agreement = compare(flow, region, data / "reference-opendss" / c.reference);
    EXPECT_EQ(agreement.nodes, c.nodes);
    EXPECT_LT(agreement.worst, c.tolerance) << agreement.where;
}

TEST_P(DssReference, VoltagesInLanesAgreeWithThePlainPowerFlow) {
    SKIP_WITHOUT_DATA();
    const ReferenceCase& c = GetParam();
    const Region region = import_opendss(data / c.file, as_declared()).region;
    AcSettings settings;
    settings.window = LoadWindow{c.v_min, c.v_max, 0.5};
    test::AcCase ac(region, settings);
    test::PlainPowerFlow flow(region, 0, c.v_min, c.v_max);

    ac.solve();

    ASSERT_TRUE(flow.solve());
    ASSERT_EQ(ac.lanes.lane[5].status, AcStatus::converged);
    double worst = 0.0, between = 0.0;
    int nodes = 0;
    for (std::int64_t bus = 0; bus < static_cast<std::int64_t>(region.bus_count()); ++bus) {
        std::vector<std::complex<double>> differences;
        for (int k = 0; k < conductor_count; ++k) {
            if (ac.flow.slot(bus, k) < 0 || !flow.has(static_cast<int>(bus), k + 1)) continue;
            differences.push_back((ac.voltage(bus, k, 5) - flow.voltage(static_cast<int>(bus), k + 1))
                                  / region.bus.base_voltage[bus]);
            worst = std::max(worst, std::abs(differences.back()));
            between = std::max(between, std::abs(differences.back() - differences.front()));
            ++nodes;
        }
    }
    EXPECT_GE(nodes, c.nodes);
    EXPECT_LT(between, 1e-8);
    EXPECT_LT(worst, 2e-7) << "behind delta windings, a millionth of an admittance carries the zero sequence";
}

INSTANTIATE_TEST_SUITE_P(
    Published, DssReference,
    testing::Values(
        ReferenceCase{"opendss-ieee/LVTestCase/Master.dss", "eulv906_snapshot.csv", 0.95, 1.05, 1e-6, 2721},
        ReferenceCase{"opendss-ieee/4Bus-YY-Bal/4Bus-YY-Bal.DSS", "4Bus-YY-Bal.csv", 0.75, 1.05, 1e-6, 12},
        ReferenceCase{"opendss-ieee/4Bus-DY-Bal/4Bus-DY-Bal.DSS", "4Bus-DY-Bal.csv", 0.75, 1.05, 1e-6, 12},
        ReferenceCase{"opendss-ieee/4Bus-YD-Bal/4Bus-YD-Bal.DSS", "4Bus-YD-Bal.csv", 0.75, 1.05, 1e-6, 12},
        ReferenceCase{"opendss-ieee/4Bus-GrdYD-Bal/4Bus-GrdYD-Bal.DSS", "4Bus-GrdYD-Bal.csv", 0.75, 1.05, 1e-6, 12},
        ReferenceCase{"opendss-ieee/4Bus-OYOD-Bal/4Bus-OYOD-Bal.DSS", "4Bus-OYOD-Bal.csv", 0.75, 1.05, 1e-6, 12},
        ReferenceCase{"opendss-ieee4-variants/DDBal.dss", "ieee4v_DDBal.csv", 0.75, 1.05, 1e-6, 12},
        ReferenceCase{"opendss-ieee4-variants/DYBal.dss", "ieee4v_DYBal.csv", 0.75, 1.05, 1e-6, 12},
        ReferenceCase{"opendss-ieee4-variants/GYDBal.dss", "ieee4v_GYDBal.csv", 0.75, 1.05, 1e-6, 12},
        ReferenceCase{"opendss-ieee4-variants/YYBal.dss", "ieee4v_YYBal.csv", 0.75, 1.05, 1e-6, 12},
        ReferenceCase{"opendss-ieee4-variants/SCTBal.dss", "ieee4v_SCTBal.csv", 0.75, 1.05, 1e-6, 8},
        ReferenceCase{"enwl-3wire/network_1/Feeder_1/Master.txt", "enwl3_network_1_Feeder_1.csv", 0.95, 1.05, 1e-6,
                      2721},
        ReferenceCase{"enwl-3wire/network_5/Feeder_1/Master.txt", "enwl3_network_5_Feeder_1.csv", 0.95, 1.05, 1e-6,
                      393},
        ReferenceCase{"enwl-4wire/network_1/Feeder_1/Master.dss", "enwl4_network_1_Feeder_1.csv", 0.95, 1.05, 1e-6,
                      3628},
        ReferenceCase{"enwl-4wire/network_20/Feeder_5/Master.dss", "enwl4_network_20_Feeder_5.csv", 0.95, 1.05, 1e-6,
                      260}),
    [](const auto& test) {
        std::string name = test.param.reference.substr(0, test.param.reference.size() - 4);
        for (char& c : name)
            if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
        return name;
    });

/// Sets the taps of the banks of regulators as OpenDSS left them.
void set_taps(Region& region, const std::string& branch, const std::array<double, 3>& tap) {
    const int k = row(region.transformer.id, branch);
    ASSERT_GE(k, 0) << branch;
    region.transformer.to_tap[k] = tap;
}

TEST(DssNetworks, Ieee13AgreesAtThePublishedTaps) {
    SKIP_WITHOUT_DATA();
    Region region = import_opendss(data / "opendss-ieee/13Bus/IEEE13Nodeckt.dss", as_declared()).region;
    set_taps(region, "reg1", {1.05625, 1.0375, 1.05625});

    test::PlainPowerFlow flow(region, 0, 0.95, 1.05);

    ASSERT_TRUE(flow.solve());
    const Agreement agreement = compare(flow, region, data / "reference-opendss/ieee13.csv");
    EXPECT_EQ(agreement.nodes, 41);
    EXPECT_LT(agreement.worst, 1e-6) << agreement.where;
}

TEST(DssNetworks, Ieee34AgreesAtTheTapsOfItsTwoBanks) {
    SKIP_WITHOUT_DATA();
    Region region = import_opendss(data / "opendss-ieee/34Bus/Run_IEEE34Mod2.dss", as_declared()).region;
    set_taps(region, "reg1", {1.08125, 1.03125, 1.03125});
    set_taps(region, "reg2", {1.075, 1.075, 1.075});

    test::PlainPowerFlow flow(region, 0, 0.85, 1.05);

    ASSERT_TRUE(flow.solve());
    const Agreement agreement = compare(flow, region, data / "reference-opendss/ieee34_mod2.csv");
    EXPECT_EQ(agreement.nodes, 138);
    EXPECT_LT(agreement.worst, 1e-6) << agreement.where;
}

// Nothing but anti-float admittances and the charging of cables holds this feeder's zero sequence.
TEST(DssNetworks, Ieee37AgreesAtTheTapsOfItsOpenDelta) {
    SKIP_WITHOUT_DATA();
    Region region = import_opendss(data / "opendss-ieee/37Bus/ieee37.dss", as_declared()).region;
    set_taps(region, "reg1", {1.1, 1.0875, 1.0});

    test::PlainPowerFlow flow(region, 0, 0.95, 1.05);

    ASSERT_TRUE(flow.solve());
    const Agreement agreement = compare(flow, region, data / "reference-opendss/ieee37.csv");
    EXPECT_EQ(agreement.nodes, 117);
    EXPECT_LT(agreement.worst, 1e-6) << agreement.where;
}

TEST(DssNetworks, Ieee13HasThePublishedPhaseImpedances) {
    SKIP_WITHOUT_DATA();
    const Region region = import_opendss(data / "opendss-ieee/13Bus/IEEE13Nodeckt.dss").region;
    constexpr double mile = 1609.344;

    const int line = row(region.branch.id, "650632"), code = region.branch.line_code[line];
    EXPECT_NEAR(region.line_code.r[code][0][0] * mile, 0.3465, 1e-12);
    EXPECT_NEAR(region.line_code.x[code][1][2] * mile, 0.3849, 1e-12);
    EXPECT_NEAR(region.branch.length[line], 609.6, 1e-9);
    const int two = region.branch.line_code[row(region.branch.id, "632645")];  // 603 on phases c, b
    EXPECT_NEAR(region.line_code.r[two][2][2] * mile, 1.3238, 1e-12);
    EXPECT_NEAR(region.line_code.r[two][1][1] * mile, 1.3294, 1e-12);
    EXPECT_EQ(region.branch.kind[row(region.branch.id, "671692")], BranchKind::circuit_switch);
}

TEST(DssNetworks, EuropeanFeederIsComplete) {
    SKIP_WITHOUT_DATA();
    OpenDssOptions options;
    options.series = OpenDssSeries::yearly;
    options.steps = {900, 60};
    const Region region = import_opendss(data / "opendss-ieee/LVTestCase/Master.dss", options).region;

    EXPECT_EQ(region.bus_count(), 908u) << "906 of the feeder, the source's bus, the ideal source";
    EXPECT_EQ(region.branch_count(), 907u);
    EXPECT_EQ(region.customer_count(), 55u);
    double length = 0.0;
    for (std::size_t k = 1; k < region.branch_count(); ++k) length += region.branch.length[k];
    EXPECT_NEAR(length, 1431.0, 1.5);
    const int line = row(region.branch.id, "line1"), code = region.branch.line_code[line];
    EXPECT_NEAR(region.line_code.r[code][0][0], (2 * 0.446 + 1.505) / 3e3, 1e-15);
    EXPECT_NEAR(region.branch.length[line], 1.098, 1e-12);

    const SeriesSet &quarter = region.series[0], &minute = region.series[1];
    ASSERT_EQ(quarter.step_count(), 96u);
    ASSERT_EQ(minute.step_count(), 1440u);
    std::ifstream profile(data / "opendss-ieee/LVTestCase/Daily_1min_100profiles/load_profile_1.txt");
    double sum = 0.0, value = 0.0;
    for (int t = 0; t < 15 && profile >> value; ++t) {
        EXPECT_NEAR(minute.p_forecast[t * 55], -1000 * value, 1e-9);
        EXPECT_NEAR(minute.q_forecast[t * 55], -1000 * value * std::tan(std::acos(0.95)), 1e-9);
        sum += value;
    }
    EXPECT_NEAR(quarter.p_forecast[0], -1000 * sum / 15, 1e-9);
    EXPECT_NEAR(minute.slack_voltage[0], 1.05 * 11000 / std::numbers::sqrt3, 1e-9);
}

TEST(DssNetworks, EuropeanFeederAgreesInTheHeaviestMinute) {
    SKIP_WITHOUT_DATA();
    OpenDssOptions options;
    options.series = OpenDssSeries::yearly;
    const Region region = import_opendss(data / "opendss-ieee/LVTestCase/Master.dss", options).region;

    for (const int minute : {1, 566, 1440}) {
        test::PlainPowerFlow flow(region, minute - 1, 0.95, 1.05);
        ASSERT_TRUE(flow.solve());
        const auto agreement =
            compare(flow, region, data / fmt::format("reference-opendss/eulv906_minute{}.csv", minute));
        EXPECT_LT(agreement.worst, 1e-6) << minute << " " << agreement.where;
    }
}

TEST(DssNetworks, AustralianFeederKeepsItsProfilesAndUnbalancedSource) {
    SKIP_WITHOUT_DATA();
    OpenDssOptions options;
    options.series = OpenDssSeries::daily;
    const Region region = import_opendss(data / "nando-oe/Master.txt", options).region;

    EXPECT_EQ(region.bus_count(), 232u);
    EXPECT_EQ(region.series[0].step_count(), 288u);
    EXPECT_EQ(region.series[0].name, "300s");
    EXPECT_EQ(std::count(region.customer.active.begin(), region.customer.active.end(), 1), 114);
    EXPECT_NEAR(region.series[0].slack_voltage[0], 12701.706 * 0.9952718700196848, 1e-6);
    EXPECT_EQ(region.branch.rating_current[row(region.branch.id, "hv_f0_lv28_f0_l0")], 280.0);
    EXPECT_EQ(region.transformer.from_tap[0][0], 1.025);
}

TEST(DssNetworks, UkFeedersReadTheirProfilesFromAnotherFolder) {
    SKIP_WITHOUT_DATA();
    OpenDssOptions options;
    options.series = OpenDssSeries::daily;
    options.profile_folder = data / "enwl-3wire/Load_profiles";
    const Imported result = import_opendss(data / "enwl-3wire/network_1/Feeder_1/Master.txt", options);

    ASSERT_EQ(result.region.series[0].step_count(), 288u) << "0.0833 h is meant to be 300 s";
    std::ifstream profile(data / "enwl-3wire/Load_profiles/Load1_5min.csv");
    double value = 0.0;
    for (int t = 0; t < 288 && profile >> value; ++t)
        EXPECT_NEAR(result.region.series[0].p_forecast[t * 55], -1000 * value, 1e-9);
}

TEST(DssNetworks, EveryPublishedFileIsReadOrRefusedByName) {
    SKIP_WITHOUT_DATA();
    int read = 0, refused = 0;
    for (const char* folder : {"enwl-3wire", "enwl-4wire", "csiro-lvft", "pmd-validation/opendss", "opendss-ieee"})
        for (const auto& entry : fs::recursive_directory_iterator(data / folder)) {
            const std::string name = entry.path().filename().string(), extension = entry.path().extension().string();
            const bool all = std::string(folder).starts_with("pmd") && extension == ".dss";
            if (!all && !name.starts_with("Master.")) continue;
            try {
                const Region region = import_opendss(entry.path()).region;
                EXPECT_EQ(region.feeder.bus_offset.back(), static_cast<std::int64_t>(region.bus_count()))
                    << entry.path();
                ++read;
            } catch (const InputError& error) {
                EXPECT_NE(std::string(error.what()).find(":"), std::string::npos)
                    << "a place is needed: " << error.what();
                ++refused;
            }
        }
    EXPECT_GT(read, 90);
    EXPECT_EQ(refused, 4);
}

// 44 feeders of three wires, 9 of four, 7 Australian ones: one region, whose limits are those of each feeder alone.
TEST(DssNetworks, AllFeedersOfThreeCollectionsMakeOneRegion) {
    SKIP_WITHOUT_DATA();
    const std::vector<std::string> folders{data / "enwl-3wire", data / "enwl-4wire", data / "csiro-lvft"};
    const SourceList list = list_sources(folders, usual_master_names);
    const ImportedSources imported = import_sources(list.sources, SourceSettings());
    const Region& region = imported.region;

    ASSERT_EQ(region.feeder_count(), 60u);
    EXPECT_EQ(region.feeder.id.front(), "network_1.Feeder_1.assumed") << "no circuit is named there";
    EXPECT_EQ(region.feeder.id.back(), "h");
    EXPECT_TRUE(validate(region).empty()) << summarise(validate(region));
    std::size_t buses = 0, codes = 0;
    const auto solve = [](const Region& any) {
        return allocate(any, any.series.front(), {}, std::vector<std::string>(any.feeder_count()), {});
    };
    const EnvelopeResult together = solve(region);
    for (std::size_t f = 0; f < list.sources.size(); ++f) {
        const Region alone = import_opendss(list.sources[f].path).region;
        buses += alone.bus_count();
        codes += alone.line_code.id.size();
        const EnvelopeResult expected = solve(alone);
        EXPECT_EQ(together.status[f], expected.status.front()) << region.feeder.id[f];
        const auto first = static_cast<std::size_t>(region.feeder.customer_offset[f]);
        for (const auto limit : {&EnvelopeResult::export_limit, &EnvelopeResult::import_limit})
            EXPECT_EQ(std::memcmp((together.*limit).data() + first, (expected.*limit).data(),
                                  alone.customer_count() * sizeof(double)),
                      0)
                << region.feeder.id[f];
    }
    EXPECT_EQ(region.bus_count(), buses);
    EXPECT_LT(region.line_code.id.size(), codes / 3) << "feeders share their cables";
}

}  // namespace
}  // namespace headroom
