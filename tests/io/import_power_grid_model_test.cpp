// Cases of power-grid-model: what becomes of every component, by voltages that circuits of a few impedances have.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <numbers>

#include "formulations/network/validate.hpp"
#include "io/errors.hpp"
#include "io/import/power_grid_model/dataset.hpp"
#include "io/import/power_grid_model/power_grid_model_import.hpp"
#include "tests/support/ac_case.hpp"
#include "tests/support/imports.hpp"
#include "tests/support/temporary_directory.hpp"

namespace headroom::test {
namespace {

namespace fs = std::filesystem;
using Complex = std::complex<double>;

std::string dataset(const std::string& data, const std::string& attributes = "") {
    return fmt::format(
        R"({{"version": "1.0", "type": "input", "is_batch": false, "attributes": {{{}}}, "data": {{{}}}}})", attributes,
        data);
}

Imported import_text(const std::string& text, const PowerGridModelOptions& options = {}) {
    const TemporaryDirectory folder;
    std::ofstream(folder / "town.json", std::ios::binary) << text;
    return import_power_grid_model(folder / "town.json", options);
}

Imported import_data(const std::string& data, const PowerGridModelOptions& options = {}) {
    return import_text(dataset(data), options);
}

/// What the importer says when it refuses; "" when it does not.
std::string refusal(const std::string& text) {
    return test::refusal_of([&] { import_text(text); });
}

/// The voltages of a case, loads as they are declared.
class Solved {
public:
    explicit Solved(const std::string& data) : region_(import_passive(data)), solved_(region_) {
        solved_.solve();
        EXPECT_EQ(solved_.lanes.lane[0].status, AcStatus::converged);
    }

    /// V to ground of a node's phase, 0 to 2.
    Complex at(int node, int phase = 0) const {
        return solved_.voltage(row(region_.bus.id, std::to_string(node)), phase);
    }
    const Region& region() const { return region_; }

private:
    static Region import_passive(const std::string& data) {
        PowerGridModelOptions options;
        options.active = "none";
        Region region = import_data(data, options).region;
        EXPECT_EQ(validate_structure(region).size(), 0u);
        return region;
    }
    Region region_;
    AcCase solved_;
};

Complex turned(double degrees) { return std::polar(1.0, degrees * std::numbers::pi / 180.0); }

constexpr double medium = 10e3, low = 400.0;  // V, phase to phase
const double medium_phase = medium / std::numbers::sqrt3, low_phase = low / std::numbers::sqrt3;

const std::string nodes = R"("node": [{"id": 1, "u_rated": 10000}, {"id": 2, "u_rated": 400}])";
const std::string level = R"("node": [{"id": 1, "u_rated": 400}, {"id": 2, "u_rated": 400}])";
const std::string stiff = R"("source": [{"id": 9, "node": 1, "status": 1, "u_ref": 1.0, "sk": 1e20}])";
/// 30 kW and 10 kvar at 400 V as an impedance on all phases, 10 kW and 4 kvar on phase a alone.
const std::string balanced = R"("sym_load": [{"id": 7, "node": 2, "status": 1, "type": 1,
    "p_specified": 30e3, "q_specified": 10e3}])";
const std::string on_a = R"("asym_load": [{"id": 7, "node": 2, "status": 1, "type": 1,
    "p_specified": [10e3, 0, 0], "q_specified": [4e3, 0, 0]}])";
const Complex balanced_z = low * low / Complex(30e3, -10e3), on_a_z = low_phase * low_phase / Complex(10e3, -4e3);

std::string transformer(int from, int to, int clock, const std::string& more = "") {
    return fmt::format(
        R"("transformer": [{{"id": 4, "from_node": 1, "to_node": 2, "from_status": 1, "to_status": 1, "u1": 10000,
        "u2": 400, "sn": 100e3, "uk": 0.05, "pk": 1500, "i0": 0, "p0": 0, "winding_from": {}, "winding_to": {},
        "clock": {}, "tap_side": 0, "tap_min": -5, "tap_max": 5, "tap_size": 100{}}}])",
        from, to, clock, more);
}
/// ohm on the to side: 5 % of 400^2 / 100e3, of which 1.5 % resistance
const Complex transformer_z = Complex(0.015, std::sqrt(0.05 * 0.05 - 0.015 * 0.015)) * (low * low / 100e3);

/// V of phase a behind z in the positive and negative sequence and z0 in the zero sequence, loaded there alone.
Complex loaded_on_a(Complex e, Complex z, Complex z0) { return e * 3.0 * on_a_z / (2.0 * z + z0 + 3.0 * on_a_z); }

void expect_near(Complex value, Complex expected, double tolerance) {
    EXPECT_LE(std::abs(value - expected), tolerance * std::abs(expected)) << value << " is not " << expected;
}

TEST(ImportPowerGridModel, EveryWindingAndClockTurnsVoltagesAsItSaysAndHasItsImpedance) {
    int count = 0;
    for (int from = 0; from <= 4; ++from)
        for (int to = 0; to <= 4; ++to)
            for (int clock = 0; clock < 12; ++clock) {
                const bool same = (from <= 1) == (to <= 1);
                if ((clock % 2 == 0) != same) continue;
                SCOPED_TRACE(fmt::format("windings {} {}, clock {}", from, to, clock));
                const Solved solved(nodes + "," + transformer(from, to, clock, R"(, "tap_pos": 3)") + "," + stiff + ","
                                    + balanced);
                const Complex open = low_phase * medium / 10300.0 * turned(-30.0 * clock);
                for (int phase = 0; phase < 3; ++phase)
                    expect_near(solved.at(2, phase), open * turned(-120.0 * phase) / (1.0 + transformer_z / balanced_z),
                                1e-8);
                ++count;
            }
    EXPECT_EQ(count, 150);
}

TEST(ImportPowerGridModel, ATapOnTheToSideScalesTheImpedanceWithItsVoltage) {
    const std::string taps = R"(, "tap_side": 1, "tap_pos": -2, "tap_nom": 1, "tap_size": 8)";
    std::string text = transformer(2, 1, 11, taps);
    text.erase(text.find(R"("tap_side": 0, )"), 15);
    text.erase(text.find(R"("tap_size": 100, )"), 17);
    const double factor = 1.0 - 3.0 * 8.0 / 400.0;
    const Solved solved(nodes + "," + text + "," + stiff + "," + balanced);
    expect_near(solved.at(2), low_phase * factor * turned(30) / (1.0 + transformer_z * factor * factor / balanced_z),
                1e-8);
}

TEST(ImportPowerGridModel, ImpedanceFollowsTheTapAlongStraightLinesAndBackwardTapsLowerTheVoltage) {
    std::string text = transformer(1, 1, 0, R"(, "tap_pos": -4, "tap_nom": 1, "uk_min": 0.06, "pk_min": 1800)");
    text.replace(text.find(R"("tap_min": -5, "tap_max": 5)"), 27, R"("tap_min": -9, "tap_max": 5)");
    // Half of the way from the nominal tap to the lowest; each of the five steps is 100 V less at the from side.
    const Complex z = Complex(0.0165, std::sqrt(0.055 * 0.055 - 0.0165 * 0.0165)) * (low * low / 100e3);
    const Solved solved(nodes + "," + text + "," + stiff + "," + balanced);
    expect_near(solved.at(2), low_phase * medium / 9500.0 / (1.0 + z / balanced_z), 1e-8);

    text.replace(text.find(R"("tap_min": -9, "tap_max": 5)"), 27, R"("tap_min": 9, "tap_max": -5)");
    const Solved backward(nodes + "," + text + "," + stiff);
    expect_near(backward.at(2), low_phase * medium / 10500.0, 1e-8);
}

TEST(ImportPowerGridModel, ZeroSequenceGoesWhereTheWindingsLetIt) {
    const std::string earthed = R"(, "r_grounding_to": 0.3, "x_grounding_to": 0.1)";
    const std::string both = earthed + R"(, "r_grounding_from": 50)";
    const Complex ground(0.3, 0.1), z = transformer_z;
    const double losses = 1500 * 0.25;  // of a zero-sequence magnetising current of one half
    // With what ties a star opposite to one that is not earthed: 1e-8 of a short circuit.
    const Complex core = low * low / Complex(losses, -std::sqrt(50e3 * 50e3 - losses * losses) - 1e-8 * 100e3 / 0.05);
    struct Case {
        int from, to, clock;
        std::string more;
        Complex zero;
    };
    for (const Case& c : {Case{2, 1, 5, "", z}, Case{2, 1, 5, earthed, z + 3.0 * ground}, Case{1, 1, 0, "", z},
                          Case{1, 1, 6, both, z + 3.0 * (ground + 50.0 / 625.0)},
                          Case{2, 4, 0, earthed, 0.1 * z + 3.0 * ground}, Case{0, 4, 5, "", 0.1 * z},
                          Case{1, 4, 1, "", 0.1 * z}, Case{0, 1, 0, R"(, "i0_zero_sequence": 0.5)", core}}) {
        SCOPED_TRACE(fmt::format("windings {} {}, clock {}{}", c.from, c.to, c.clock, c.more));
        const Solved solved(nodes + "," + transformer(c.from, c.to, c.clock, c.more) + "," + stiff + "," + on_a);
        expect_near(solved.at(2), loaded_on_a(low_phase * turned(-30.0 * c.clock), z, c.zero), 1e-8);
    }
}

TEST(ImportPowerGridModel, HalfOfTheCoreSitsAtEachEndAndAllOfItWhereTheOtherEndIsOpen) {
    std::string text = transformer(2, 1, 5, "");
    text.replace(text.find(R"("i0": 0, "p0": 0)"), 16, R"("i0": 0.04, "p0": 900)");
    const Complex core = Complex(900, -std::sqrt(4000.0 * 4000.0 - 900.0 * 900.0)) / (low * low);
    const Complex whole = 0.5 * core + 1.0 / (transformer_z + 2.0 / core);  // seen from the to side
    const std::string weak =
        R"("source": [{"id": 9, "node": 1, "status": 1, "u_ref": 1.0, "sk": 2e6, "rx_ratio": 0.5}])";
    const double x = medium * medium / 2e6 / std::hypot(0.5, 1.0);
    const Complex at_source = medium_phase / (1.0 + Complex(0.5 * x, x) * whole / 625.0);
    const Solved closed(nodes + "," + text + "," + weak);
    expect_near(closed.at(1), at_source, 1e-9);
    expect_near(closed.at(2), at_source / 25.0 * turned(-150) / (1.0 + 0.5 * transformer_z * core), 1e-8);

    text.replace(text.find(R"("to_status": 1)"), 14, R"("to_status": 0)");
    const Solved open(nodes + "," + text + "," + weak);
    expect_near(open.at(1), at_source, 1e-9);
    EXPECT_EQ(open.region().branch.closed, (std::vector<std::uint8_t>{0, 1}));
}

const std::string line =
    R"("line": [{"id": 4, "from_node": 1, "to_node": 2, "from_status": 1, "to_status": 1, "r1": 0.2,
    "x1": 0.1, "c1": 0, "tan1": 0, "r0": 0.8, "x0": 0.3, "c0": 0, "tan0": 0, "i_n": 150}])";

TEST(ImportPowerGridModel, LinesHaveBothSequences) {
    const Solved alike(level + "," + line + "," + stiff + "," + balanced);
    expect_near(alike.at(2, 1), low_phase * turned(-120) / (1.0 + Complex(0.2, 0.1) / balanced_z), 1e-9);
    const Solved on_one(level + "," + line + "," + stiff + "," + on_a);
    expect_near(on_one.at(2), loaded_on_a(low_phase, {0.2, 0.1}, {0.8, 0.3}), 1e-9);
    EXPECT_EQ(on_one.region().branch.rating_current[0], 150.0);
}

TEST(ImportPowerGridModel, LinesWithoutZeroSequenceHaveThatOfTheirPositiveOneAndANote) {
    const Imported imported =
        import_data(level + R"(, "line": [{"id": 4, "from_node": 1, "to_node": 2, "from_status": 1,
        "to_status": 1, "r1": 0.2, "x1": 0.1, "c1": 1e-6, "tan1": 0.01, "r0": null}],)"
                    + stiff);
    EXPECT_DOUBLE_EQ(imported.region.line_code.r[0][0][0], 0.2);
    EXPECT_EQ(imported.region.line_code.r[0][0][1], 0.0);
    EXPECT_NEAR(imported.region.line_code.b[0][2][2], 1e-6 * 100 * std::numbers::pi, 1e-15);
    EXPECT_NEAR(imported.region.line_code.g[0][2][2], 1e-8 * 100 * std::numbers::pi, 1e-17);
    ASSERT_EQ(imported.report.notes().size(), 1u);
}

TEST(ImportPowerGridModel, ALineOpenAtOneEndOrFromANodeToItselfIsAShunt) {
    const auto with = [](const std::string& ends) {
        return R"("line": [{"id": 4, "from_node": )" + ends + R"(, "r1": 20, "x1": 30, "c1": 2e-6, "tan1": 0.1}],)"
               + R"("source": [{"id": 9, "node": 1, "status": 1, "u_ref": 1, "sk": 2e6, "rx_ratio": 0}],)"
               + R"("node": [{"id": 1, "u_rated": 10000}, {"id": 2, "u_rated": 10000}])";
    };
    const Complex y = 2e-6 * 100 * std::numbers::pi * Complex(0.1, 1.0), z(20, 30), source(0, 50);
    const Complex open = 0.5 * y + 1.0 / (z + 2.0 / y);
    const std::string on = R"(, "from_status": 1, "to_status": 1)";
    expect_near(Solved(with("1, \"to_node\": 2" + on)).at(1), medium_phase / (1.0 + source * open), 1e-9);
    expect_near(Solved(with(R"(1, "to_node": 2, "from_status": 1, "to_status": 0)")).at(1),
                medium_phase / (1.0 + source * open), 1e-9);
    expect_near(Solved(with(R"(2, "to_node": 1, "from_status": 0, "to_status": 1)")).at(1),
                medium_phase / (1.0 + source * open), 1e-9);
    expect_near(Solved(with("1, \"to_node\": 1" + on)).at(1), medium_phase / (1.0 + source * y), 1e-9);
    expect_near(Solved(with(R"(1, "to_node": 1, "from_status": 1, "to_status": 0)")).at(1),
                medium_phase / (1.0 + source * open), 1e-9);
}

TEST(ImportPowerGridModel, TheNeutralOfAnAsymLineIsEliminatedAndItsCapacitanceIsTheWrittenMatrix) {
    const std::string asym = R"("asym_line": [{"id": 4, "from_node": 1, "to_node": 2, "from_status": 1, "to_status": 1,
        "r_aa": 1, "r_ba": 0.1, "r_bb": 2, "r_ca": 0.2, "r_cb": 0.3, "r_cc": 3, "r_na": 0.4, "r_nb": 0.5, "r_nc": 0.6,
        "r_nn": 4, "x_aa": 1, "x_ba": 0, "x_bb": 1, "x_ca": 0, "x_cb": 0, "x_cc": 1, "x_na": 0, "x_nb": 0, "x_nc": 0,
        "x_nn": 0, )";
    const auto region = [&](const std::string& c) {
        return import_data(level + "," + stiff + "," + asym + c + "}]").region;
    };
    const Region full = region(R"("c_aa": 1e-6, "c_ba": -2e-7, "c_bb": 2e-6, "c_ca": 0, "c_cb": 0, "c_cc": 3e-6)");
    EXPECT_NEAR(full.line_code.r[0][0][1], 0.1 - 0.4 * 0.5 / 4.0, 1e-15);
    EXPECT_NEAR(full.line_code.r[0][2][2], 3.0 - 0.6 * 0.6 / 4.0, 1e-15);
    EXPECT_NEAR(full.line_code.b[0][0][1], -2e-7 * 100 * std::numbers::pi, 1e-18);
    const Region sequences = region(R"("c0": 1e-6, "c1": 4e-6)");
    EXPECT_NEAR(sequences.line_code.b[0][1][1], 3e-6 * 100 * std::numbers::pi, 1e-17);
    EXPECT_NEAR(sequences.line_code.b[0][1][2], -1e-6 * 100 * std::numbers::pi, 1e-17);
}

TEST(ImportPowerGridModel, SourcesHaveAnImpedanceInBothSequencesAndOnesAtANodeAreOne) {
    const std::string alone = R"("node": [{"id": 2, "u_rated": 400}], "source": [{"id": 9, "node": 2, "status": 1,
        "u_ref": 1.05, "u_ref_angle": 0.3, "sk": 1e6, "rx_ratio": 0.75, "z01_ratio": 4}])";
    const Complex z = Complex(0.75, 1.0) / 1.25 * (low * low / 1e6), e = std::polar(1.05 * low_phase, 0.3);
    expect_near(Solved(alone + "," + on_a).at(2), loaded_on_a(e, z, 4.0 * z), 1e-9);

    const std::string two = R"("node": [{"id": 2, "u_rated": 400}], "source": [
        {"id": 8, "node": 2, "status": 0, "u_ref": 1.5},
        {"id": 9, "node": 2, "status": 1, "u_ref": 1.05, "u_ref_angle": 0.3, "sk": 1e6, "rx_ratio": 0.75},
        {"id": 10, "node": 2, "status": 1, "u_ref": 0.98, "u_ref_angle": 0.1, "sk": 5e5, "rx_ratio": 0}])";
    const Complex other(0.0, low * low / 5e5);
    expect_near(Solved(two).at(2), (e / z + std::polar(0.98 * low_phase, 0.1) / other) / (1.0 / z + 1.0 / other), 1e-9);
}

TEST(ImportPowerGridModel, SourcesAtTwoNodesShareTheSlackBusWhateverTheirVoltages) {
    const auto with = [](double u_ref) {
        return level + "," + line
               + fmt::format(R"(, "source": [
            {{"id": 9, "node": 1, "status": 1, "u_ref": 1.0, "sk": 1e6, "rx_ratio": 0}},
            {{"id": 10, "node": 2, "status": 1, "u_ref": {}, "sk": 5e5, "rx_ratio": 0}}])",
                             u_ref);
    };
    const Complex z(0.0, 0.16), far(0.0, 0.32), between(0.2, 0.1);
    const Solved solved(with(0.95));
    const Complex current = 0.05 * low_phase / (z + between + far);
    expect_near(solved.at(1), low_phase - z * current, 1e-9);
    expect_near(solved.at(2), 0.95 * low_phase + far * current, 1e-9);
    expect_near(Solved(with(1.0)).at(2), low_phase, 1e-9);
}

TEST(ImportPowerGridModel, LinksJoinNodesAndAreRatiosBetweenLevels) {
    const std::string link = R"("link": [{"id": 4, "from_node": 1, "to_node": 2, "from_status": 1, "to_status": 1}])";
    const Solved same(level + "," + link + "," + stiff + "," + balanced);
    EXPECT_EQ(same.at(2), same.at(1));
    EXPECT_EQ(same.region().branch.kind[0], BranchKind::circuit_switch);
    const Solved levels(nodes + "," + link + "," + stiff + "," + balanced);
    expect_near(levels.at(2), low_phase, 1e-8);
}

TEST(ImportPowerGridModel, ThreeWindingsAreAStarOfTheirImpedances) {
    const std::string text =
        R"("node": [{"id": 1, "u_rated": 10000}, {"id": 2, "u_rated": 400}, {"id": 3, "u_rated": 1000}],
        "three_winding_transformer": [{"id": 4, "node_1": 1, "node_2": 2, "node_3": 3, "status_1": 1, "status_2": 1,
        "status_3": 1, "u1": 10000, "u2": 400, "u3": 1000, "sn_1": 300e3, "sn_2": 100e3, "sn_3": 200e3, "uk_12": 0.05,
        "uk_13": 0.08, "uk_23": 0.06, "pk_12": 1500, "pk_13": 4800, "pk_23": 1800, "i0": 0, "p0": 0, "winding_1": 2,
        "winding_2": 1, "winding_3": 2, "clock_12": 5, "clock_13": 4, "tap_side": 1, "tap_pos": 2, "tap_min": -3,
        "tap_max": 3, "tap_size": 4}])";
    // On side 1's 300 kV A the pairs 12, 13, 23 have 15, 12 and 18 %, all of them with r / z = 0.3.
    const Complex unit = Complex(0.3, std::sqrt(1 - 0.09)) / 300e3;
    const Complex loaded = balanced_z / (408.0 * 408.0), drop = unit * 0.15 / loaded;
    const Solved solved(text + "," + stiff + "," + balanced);
    expect_near(solved.at(2), 408.0 / std::numbers::sqrt3 * turned(-150) / (1.0 + drop), 1e-8);
    const Complex first = unit * (0.15 + 0.12 - 0.18) / 2.0;  // the leg that side 3 shares
    expect_near(solved.at(3), 1000.0 / std::numbers::sqrt3 * turned(-120) * (1.0 - first / (loaded * (1.0 + drop))),
                1e-8);
}

TEST(ImportPowerGridModel, ATransformerFromANodeToItselfIsTheShuntOfItsTap) {
    std::string text = transformer(1, 1, 0, R"(, "tap_pos": 2)");
    text.replace(text.find(R"("u1": 10000)"), 11, R"("u1": 400)");
    text.replace(text.find(R"("to_node": 2)"), 12, R"("to_node": 1)");
    text.replace(text.find(R"("tap_size": 100)"), 15, R"("tap_size": 10)");
    const std::string weak = R"("source": [{"id": 9, "node": 1, "status": 1, "u_ref": 1, "sk": 1e6, "rx_ratio": 0}])";
    // Around the loop of ratio k = 1.05 stand (1 - 1 / k) of the node's voltage.
    const Complex loop = std::pow(1.0 - 1.0 / 1.05, 2) / transformer_z;
    expect_near(Solved(level + "," + text + "," + weak).at(1), low_phase / (1.0 + Complex(0, 0.16) * loop), 1e-9);
}

TEST(ImportPowerGridModel, AGenericBranchIsALineOrARatio) {
    const auto with = [](const std::string& kind, const std::string& more) {
        return kind + R"(, "generic_branch": [{"id": 4, "from_node": 1, "to_node": 2, "from_status": 1, "to_status": 1,
            "r1": 0.02, "x1": 0.1, "g1": 0.1, "b1": -0.2)"
               + more + "}]," + stiff;
    };
    const Complex half = 1.0 + 0.5 * Complex(0.02, 0.1) * Complex(0.1, -0.2);
    expect_near(Solved(with(level, "")).at(2), low_phase / half, 1e-9);
    expect_near(Solved(with(nodes, R"(, "k": 1.1, "sn": 1e5)")).at(2), low_phase / 1.1 / half, 1e-8);
    expect_near(Solved(with(nodes, R"(, "theta": -1.0471975511965976)")).at(2), low_phase * turned(60) / half, 1e-8);
    expect_near(Solved(with(nodes, R"(, "theta": 0.5235987755982988)")).at(2), low_phase * turned(-30) / half, 1e-8);
}

TEST(ImportPowerGridModel, LoadsAndGeneratorsKeepTheirSignTypeAndPhases) {
    PowerGridModelOptions options;
    options.active = "1,3/3";
    options.export_cap = 5e3;
    options.voltage_pu_min = 0.95;
    const Region region = import_data(level + "," + line + "," + stiff + R"(, "sym_load": [
        {"id": 20, "node": 2, "status": 1, "type": 0, "p_specified": 3e3, "q_specified": 1e3},
        {"id": 21, "node": 2, "status": 0, "type": 0, "p_specified": 9e3, "q_specified": 0}], "asym_load": [
        {"id": 22, "node": 2, "status": 1, "type": 2, "p_specified": [1e3, 0, 2e3], "q_specified": [0, 0, 1e3]},
        {"id": 23, "node": 2, "status": 1, "type": 1, "p_specified": [1e3, 1e3, 1e3], "q_specified": [0, 0, 0]}],
        "sym_gen": [{"id": 24, "node": 2, "status": 1, "type": 0, "p_specified": 2e3, "q_specified": -500}])",
                                      options)
                              .region;
    EXPECT_EQ(region.customer.id, (std::vector<std::string>{"20", "22_a", "22_c", "23", "24"}));
    EXPECT_EQ(region.customer.phases, (std::vector<std::uint8_t>{7, 1, 4, 7, 7}));
    EXPECT_EQ(region.customer.active, (std::vector<std::uint8_t>{1, 0, 0, 1, 0}));
    EXPECT_EQ(region.series[0].p_forecast, (std::vector<double>{-3e3, -1e3, -2e3, -3e3, 2e3}));
    EXPECT_EQ(region.series[0].q_forecast, (std::vector<double>{-1e3, 0, -1e3, 0, -500}));
    using Shares = std::array<double, 3>;
    EXPECT_EQ(region.customer.zip_p, (std::vector<Shares>{{0, 0, 1}, {0, 1, 0}, {0, 1, 0}, {1, 0, 0}, {0, 0, 1}}));
    EXPECT_EQ(region.customer.zip_q, region.customer.zip_p);
    EXPECT_EQ(region.customer.export_cap[0], 5e3);
    EXPECT_EQ(region.bus.voltage_min[0], 0.95 * low_phase);
    EXPECT_EQ(region.feeder.id[0], "town");
    EXPECT_TRUE(validate(region).empty());
}

TEST(ImportPowerGridModel, ComponentsMayBeListsInTheOrderOfTheAttributes) {
    const std::string text =
        dataset(R"("node": [[1, 400], {"u_rated": 400, "id": 2}], "source": [[9, 1, 1, 1.02, "inf", null]],)" + line
                    + R"(, "sym_load": [[20, 2, 1, 0, 1e3, 2e2]])",
                R"("node": ["id", "u_rated"], "source": ["id", "node", "status", "u_ref", "sk", "rx_ratio"],
           "sym_load": ["id", "node", "status", "type", "p_specified", "q_specified"])");
    const Region region = import_text(text).region;
    EXPECT_EQ(region.bus.id, (std::vector<std::string>{"1", "2", "9_ideal"}));
    EXPECT_EQ(region.series[0].slack_voltage[2], 1.02 * low_phase);
    EXPECT_EQ(region.branch.kind[1], BranchKind::circuit_switch);  // infinite short-circuit power
}

TEST(ImportPowerGridModel, WhatIsLeftOutIsTold) {
    const Imported imported = import_data(
        R"("node": [{"id": 1, "u_rated": 400, "extra": "Station"}, {"id": 2, "u_rated": 400}],)" + line + "," + stiff
        + R"(, "sym_voltage_sensor": [{"id": 30, "measured_object": 1, "u_sigma": 1, "u_measured": 400}],
          "shunt": [{"id": 31, "node": 1, "status": 0, "g1": 1, "b1": 0, "g0": 1, "b0": 0}])");
    std::vector<std::string> skipped;
    for (const ImportCount& count : imported.report.skipped()) skipped.push_back(count.what + " " + count.example);
    EXPECT_EQ(skipped, (std::vector<std::string>{"sym_voltage_sensor 30", "shunt out of service 31", "node.extra 1"}));
    EXPECT_TRUE(imported.region.shunt.id.empty());
}

TEST(ImportPowerGridModel, RefusalsNameFileAndComponent) {
    const std::string sound = level + "," + line + "," + stiff;
    const auto with_line = [](const std::string& from, const std::string& to) {
        std::string text = level + "," + line + "," + stiff;
        EXPECT_NE(text.find(from), std::string::npos) << from;
        return dataset(text.replace(text.find(from), from.size(), to));
    };
    const auto with = [&](const std::string& more) { return dataset(sound + "," + more); };
    struct Case {
        std::string text, says;
    };
    for (const Case& c : std::vector<Case>{
             {"New Circuit.x", "town.json: is no JSON"},
             {"", "town.json: is no JSON"},
             {std::string(100'000, '['), "town.json: nested deeper than 16"},
             {"[1, 2]", "is no dataset of power-grid-model"},
             {R"({"pandapowerNet": 1})", "is no dataset of power-grid-model"},
             {R"({"version": "2.0", "type": "input", "is_batch": false, "data": {}})", "version \"2.0\" is not known"},
             {R"({"version": "1.0", "type": "update", "is_batch": false, "data": {}})", "its type is \"update\""},
             {R"({"version": "1.0", "type": "input", "is_batch": true, "data": []})", "town.json: is a batch"},
             {R"({"version": "1.0", "type": "input", "is_batch": 0, "data": {}})", "'is_batch' must be true or false"},
             {R"({"version": "1.0", "type": "input", "is_batch": false, "data": {"node": {}}})",
              "'node' must be a list"},
             {R"({"version": "1.0", "type": "input", "is_batch": false, "data": {"node": [[1, 2]]}})", "node number 1"},
             {dataset(""), "town.json: no source is in service"},
             {dataset(level + "," + line), "no source is in service"},
             {with(R"("windmill": [{"id": 30}])"), "the component type 'windmill' is not known"},
             {with(R"("shunt": [{"id": 4, "node": 1}])"), "shunt 4: its id is that of a line too"},
             {with(R"("shunt": [{"node": 1}])"), "shunt: id is missing"},
             {with(R"("shunt": [{"id": 1.5}])"), "shunt: id must be an integer, is 1.5"},
             {with_line(R"("r1": 0.2,)", R"("r1": 0.2, "r1": 0.3,)"), "the key 'r1' stands twice"},
             {with_line(R"("r1": 0.2)", R"("r1": NaN)"), "is no JSON"},
             {with_line(R"("r1": 0.2)", R"("r1": 1e999)"), "is no JSON"},
             {with_line(R"("r1": 0.2)", R"("r1": "inf")"), "town.json: line 4: r1 must be finite"},
             {with_line(R"("r1": 0.2)", R"("r1": null)"), "line 4: r1 is missing"},
             {with_line(R"("r1": 0.2)", R"("r1": "thick")"), "line 4: r1 must be a number"},
             {with_line(R"("r1": 0.2)", R"("r1": -0.2)"), "line 4: r1 must not be negative, is -0.2"},
             {with_line(R"("r0": 0.8, "x0": 0.3)", R"("r0": 0, "x0": 0)"), "line 4: r0 and x0 must not both be 0"},
             {with_line(R"("x0": 0.3,)", ""), "line 4: x0 is missing"},
             {with_line(R"("i_n": 150)", R"("i_n": 0)"), "line 4: i_n must be positive, is 0"},
             {with_line(R"("from_node": 1)", R"("from_node": 77)"), "line 4: from_node 77 is no node"},
             {with_line(R"("from_node": 1)", R"("from_node": 4)"), "line 4: from_node 4 is no node"},
             {with_line(R"("from_status": 1)", R"("from_status": 2)"), "line 4: from_status must be 0 or 1, is 2"},
             {with_line(R"("id": 2, "u_rated": 400)", R"("id": 2, "u_rated": 230)"),
              "line 4: its nodes must have the same"},
             {with_line(R"("id": 2, "u_rated": 400)", R"("id": 2, "u_rated": 0)"), "node 2: u_rated must be positive"},
             {with_line(R"("sk": 1e20)", R"("sk": -1)"), "source 9: sk must be positive"},
             {with(
                  R"("sym_load": [{"id": 30, "node": 1, "status": 1, "type": 3, "p_specified": 0, "q_specified": 0}])"),
              "sym_load 30: type must be 0 to 2, is 3"},
             {with(R"("sym_load": [{"id": 30, "node": 1, "status": 1, "type": 0, "p_specified": 0}])"),
              "sym_load 30: q_specified is missing"},
             {with(R"("asym_load": [{"id": 30, "node": 1, "status": 1, "type": 0, "p_specified": [1, null, 1],
                 "q_specified": [0, 0, 0]}])"),
              "asym_load 30: p_specified must hold three finite numbers"},
             {with(R"("sym_gen": [{"id": 30, "node": 1, "status": 1, "type": 0, "p_specified": 0, "q_specified": 0}],
                 "voltage_regulator": [{"id": 31, "regulated_object": 30, "status": 1, "u_ref": 1}])"),
              "voltage_regulator 31: it keeps the voltage at 30"},
             {with(R"("generic_branch": [{"id": 30, "from_node": 1, "to_node": 2, "from_status": 1, "to_status": 1,
                 "r1": 1, "x1": 1, "g1": 0, "b1": 0, "theta": 0.1}])"),
              "generic_branch 30: theta must be a multiple of 30 degrees"},
             {dataset(level + "," + line + R"(, "source": [{"id": 9, "node": 1, "status": 1, "u_ref": 1},
                 {"id": 10, "node": 2, "status": 1, "u_ref": 1, "u_ref_angle": 0.1}])"),
              "source 10: its angle is not that of source 9"},
             {dataset(nodes + "," + stiff + "," + transformer(2, 1, 4)),
              "transformer 4: windings of these types cannot"},
             {dataset(nodes + "," + stiff + "," + transformer(2, 1, 5, R"(, "tap_nom": 128)")),
              "transformer 4: tap_nom must lie in [-127, 127], is 128"},
             {dataset(nodes + "," + stiff + "," + transformer(2, 5, 5)),
              "transformer 4: winding_to must be 0 to 4, is 5"},
             {dataset(nodes + "," + stiff + "," + transformer(2, 1, 5, R"(, "r_grounding_to": -1)")),
              "transformer 4: r_grounding_to must not be negative"}}) {
        const std::string says = refusal(c.text);
        EXPECT_NE(says.find(c.says), std::string::npos) << "'" << says << "' does not say '" << c.says << "'";
    }
}

TEST(ImportPowerGridModel, AFileThatIsNotThereIsRefused) {
    EXPECT_THROW(import_power_grid_model("no/such/file.json"), InputError);
    EXPECT_THROW(import_power_grid_model("/"), InputError);
}

TEST(ImportPowerGridModel, PublishedCasesHaveTheirPublishedVoltages) {
    const fs::path data = fs::path(HEADROOM_SHARED_DATA) / "pgm-validation";
    if (!fs::exists(data)) GTEST_SKIP() << "no data in " << data;
    PowerGridModelOptions options;
    options.active = "none";
    int count = 0;
    for (const char* name :
         {"rmatrix-xmatrix-c1-c0", "rmatrix-xmatrix-cmatrix", "rmatrix-with-n-xmatrix-with-n-c1-c0"}) {
        const fs::path folder = data / "asym-line" / name;
        const Region region = import_power_grid_model(folder / "input.json", options).region;
        AcCase solved(region);
        solved.solve();
        const std::vector<pgm::Dataset> answers = pgm::read_datasets(folder / "asym_output.json", "asym_output");
        for (const pgm::Component& node : answers.front().of("node"))
            for (std::size_t k = 0; k < 3; ++k, ++count)
                expect_near(solved.voltage(row(region.bus.id, node.name()), static_cast<int>(k)),
                            std::polar(node.phases("u")[k], node.phases("u_angle")[k]), 1e-9);
    }
    EXPECT_EQ(count, 18);
}

}  // namespace
}  // namespace headroom::test
