#include <algorithm>
#include <cmath>
#include <complex>
#include <filesystem>
#include <fstream>
#include <numbers>
#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <Eigen/LU>

#include "formulations/network/validate.hpp"
#include "io/errors.hpp"
#include "io/import/opendss/lexer.hpp"
#include "io/import/opendss/line_constants.hpp"
#include "io/import/opendss/opendss_import.hpp"
#include "io/import/opendss/value.hpp"
#include "tests/support/ac_case.hpp"
#include "tests/support/imports.hpp"
#include "tests/support/temporary_directory.hpp"

namespace headroom {
namespace {

using test::row;

namespace fs = std::filesystem;
using opendss::Value;
using test::TemporaryDirectory;

Value quoted(const std::string& text) { return {text, true, {}, "property"}; }

void write(const fs::path& file, const std::string& text) {
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
}

/// Imports a script that stands alone in a folder.
Imported import_text(const std::string& text, const OpenDssOptions& options = {}) {
    const TemporaryDirectory folder;
    write(folder / "case/master.dss", text);
    return import_opendss(folder / "case/master.dss", options);
}

/// What the importer says when it refuses; "" when it does not.
std::string refusal(const std::string& text, const OpenDssOptions& options = {}) {
    return test::refusal_of([&] { import_text(text, options); });
}

/// r + jx of a branch in ohm, between conductors i and j (0..3).
std::complex<double> impedance(const Region& region, const std::string& branch, int i, int j) {
    const int k = row(region.branch.id, branch), code = region.branch.line_code.at(k);
    return region.branch.length[k]
           * std::complex<double>(region.line_code.r[code][i][j], region.line_code.x[code][i][j]);
}

const std::string circuit = "clear\nset defaultbasefrequency=50\nnew circuit.c basekv=0.4 bus1=source\n";

// ---- words and numbers

TEST(DssLexer, SplitsNamesValuesQuotesAndComments) {
    const auto p = opendss::split_parameters("New \"Load.a b\" Bus1 = x.1.2, kV=(0.4 3 sqrt /) pf=.9 ! rest", {});

    ASSERT_EQ(p.size(), 5u);
    EXPECT_EQ(p[1].value, "Load.a b");
    EXPECT_EQ(p[2].name, "bus1");
    EXPECT_EQ(p[2].value, "x.1.2");
    EXPECT_EQ(p[3].value, "0.4 3 sqrt /");
    EXPECT_TRUE(p[3].quoted);
    EXPECT_EQ(p[4].value, ".9");
}

TEST(DssLexer, RefusesAnOpenQuote) { EXPECT_THROW(opendss::split_parameters("new line.a bus1=[1 2", {}), InputError); }

TEST(DssValue, CalculatesReversePolish) {
    EXPECT_DOUBLE_EQ(quoted("8 1000 /").number(), 0.008);
    EXPECT_DOUBLE_EQ(quoted("0.00625 12 * 1 +").number(), 1.075);
    EXPECT_DOUBLE_EQ(quoted("1.05 0.75 0.001 5 * - - 125 15.0 / sqr *").number(),
                     (1.05 - (0.75 - 0.005)) * 69.44444444444446);
    EXPECT_NEAR(quoted("30 sin 1 3 atan2 -").number(), 0.5 - std::atan2(1, 3) * 180 / std::numbers::pi, 1e-12);
    EXPECT_DOUBLE_EQ(quoted("2 3 swap -").number(), 1.0);
}

TEST(DssValue, RefusesArithmeticWithoutAResult) {
    for (const char* text : {"1 +", "1 2", "1 0 /", "1 fish +", "1e308 10 *", "rollup"})
        EXPECT_THROW(quoted(text).number(), InputError) << text;
    for (const char* text : {"", "1e999", "nan", "inf", "12x", "1 000"})
        EXPECT_THROW((Value{text, false, {}, "kw"}.number()), InputError) << text;
}

TEST(DssValue, ReadsListsWithCommasBlanksAndArithmetic) {
    EXPECT_EQ(quoted("1, 2 3,4").numbers(), (std::vector<double>{1, 2, 3, 4}));
    EXPECT_EQ(quoted("0.5 (8 1000 /)").numbers(), (std::vector<double>{0.5, 0.008}));
    EXPECT_EQ(quoted("testsource,  _b2, ").items().size(), 2u);
}

TEST(DssValue, FillsAMatrixFromItsLowerTriangle) {
    bool incomplete = false;
    const Eigen::MatrixXd lower = quoted("1 | 2 3 | 4 5 6").symmetric_matrix(3, incomplete);

    EXPECT_EQ(lower(0, 2), 4.0);
    EXPECT_EQ(lower(2, 0), 4.0);
    EXPECT_EQ(quoted("1 9 | 2 3").symmetric_matrix(2, incomplete)(0, 1), 2.0)
        << "where both triangles are given, the lower one counts";
    EXPECT_FALSE(incomplete);
    EXPECT_THROW(quoted("1 | 2 3 | 4 5 6").symmetric_matrix(2, incomplete), InputError);
}

TEST(DssValue, ElementsThatAMatrixLacksAreZeroAndSaidToBe) {
    bool incomplete = false;
    const Eigen::MatrixXd two_rows = quoted("1 | 2 3").symmetric_matrix(3, incomplete);

    EXPECT_TRUE(incomplete);
    EXPECT_EQ(two_rows(1, 0), 2.0);
    EXPECT_TRUE(two_rows.row(2).isZero() && two_rows.col(2).isZero());
}

TEST(DssValue, FillsNodesThatAreNotWritten) {
    EXPECT_EQ(opendss::bus_ref(quoted("Main"), 3, 4).nodes, (std::vector<int>{1, 2, 3, 0}));
    EXPECT_EQ(opendss::bus_ref(quoted("b.3.2"), 2, 3).nodes, (std::vector<int>{3, 2, 0}));
    EXPECT_EQ(opendss::bus_ref(quoted("b.2.4"), 1, 2).nodes, (std::vector<int>{2, 4}));
    EXPECT_THROW(opendss::bus_ref(quoted("b.x"), 1, 2), InputError);
}

// ---- lines

TEST(DssLine, ConvertsUnitsWhereBothSidesNameOne) {
    const Region region = import_text(circuit +
        "new linecode.k nphases=3 r1=0.3 x1=0.1 r0=0.9 x0=0.3 c1=0 c0=0 units=km\n"
        "new line.both bus1=source bus2=b linecode=k length=500 units=m\n"
        "new line.code_only bus1=b bus2=c linecode=k length=0.5\n"
        "new line.neither bus1=c bus2=d r1=0.2 x1=0.2 r0=0.2 x0=0.2 c1=0 c0=0 length=4\n"
        "new line.feet bus1=d bus2=e linecode=k length=1000 units=ft\n").region;

    EXPECT_NEAR(impedance(region, "both", 0, 0).real(), 0.5 * (2 * 0.3 + 0.9) / 3, 1e-15);
    EXPECT_NEAR(impedance(region, "both", 0, 1).real(), 0.5 * (0.9 - 0.3) / 3, 1e-15);
    EXPECT_NEAR(impedance(region, "code_only", 0, 0).real(), 0.25, 1e-15);
    EXPECT_NEAR(region.branch.length[row(region.branch.id, "code_only")], 500.0, 1e-12);
    EXPECT_NEAR(impedance(region, "neither", 0, 0).imag(), 0.8, 1e-15);
    EXPECT_NEAR(impedance(region, "feet", 0, 0).real(), 0.3048 * 0.5, 1e-15);
}

TEST(DssLine, HasTheDefaultsOfOpenDss) {
    const Region region = import_text(circuit + "new line.a bus1=source bus2=b\n").region;

    // R1 0.058, R0 0.1784 ohm and C1 3.4, C0 1.6 nF over one unit of length
    EXPECT_NEAR(impedance(region, "a", 0, 0).real(), (2 * 0.058 + 0.1784) / 3, 1e-15);
    const int code = region.branch.line_code[1];
    EXPECT_NEAR(region.line_code.b[code][0][0], 100 * std::numbers::pi * (2 * 3.4e-9 + 1.6e-9) / 3, 1e-20);
    EXPECT_TRUE(std::isnan(region.branch.rating_current[1])) << "OpenDSS's default of 400 A is no rating";
}

TEST(DssLine, KeepsPhasesInTheirPositions) {
    const Region region = import_text(circuit +
        "new linecode.two nphases=2 rmatrix=[1 | 0.2 3] xmatrix=[4 | 0.5 6] cmatrix=[0 | 0 0] normamps=90\n"
        "new line.cb phases=2 bus1=source.3.2 bus2=b.3.2 linecode=two\n"
        "new line.bc phases=2 bus1=source.2.3 bus2=c.2.3 linecode=two\n"
        "new line.again phases=2 bus1=b.3.2 bus2=d.3.2 linecode=two length=2\n").region;

    EXPECT_EQ(region.branch.phases[1], phase::b | phase::c);
    EXPECT_EQ(impedance(region, "cb", 2, 2), std::complex<double>(1, 4));
    EXPECT_EQ(impedance(region, "cb", 1, 1), std::complex<double>(3, 6));
    EXPECT_EQ(impedance(region, "cb", 0, 0), 0.0);
    EXPECT_EQ(impedance(region, "bc", 1, 1), std::complex<double>(1, 4));
    EXPECT_EQ(region.branch.line_code[1], region.branch.line_code[3]) << "equal rows are shared";
    EXPECT_EQ(region.branch.rating_current[1], 90.0);
}

TEST(DssLine, ReadsSwitchesOpenOnesAndDisabledOnes) {
    const Region region = import_text(circuit +
        "new line.s bus1=source bus2=b switch=y\nnew line.o bus1=b bus2=c\nnew line.d bus1=c bus2=d enabled=no\n"
        "open line.o 1\n").region;

    EXPECT_EQ(region.branch.kind[1], BranchKind::circuit_switch);
    EXPECT_NEAR(impedance(region, "s", 0, 0).real(), 0.001, 1e-18);
    EXPECT_EQ(region.branch.closed, (std::vector<std::uint8_t>{1, 1, 0, 0}));
}

TEST(DssLine, ScalesReactanceWithFrequency) {
    const Region region = import_text(
                              "new circuit.c basekv=0.4 bus1=source\n"
                              "new linecode.k nphases=1 basefreq=50 rmatrix=[0.1] xmatrix=[0.5] cmatrix=[0] rg=0 xg=0\n"
                              "new line.a phases=1 bus1=source.1 bus2=b.1 linecode=k\n")
                              .region;

    EXPECT_NEAR(impedance(region, "a", 0, 0).imag(), 0.6, 1e-15);
}

TEST(DssLine, RefusesConductorsThatChangePhase) {
    EXPECT_NE(refusal(circuit + "new line.a phases=1 bus1=source.1 bus2=b.2\n")
                  .find("master.dss:4: line.a joins node 1 to node 2"),
              std::string::npos);
}

TEST(DssLine, AConductorThatIsEarthedAtOneEndIsTheNeutral) {
    const std::string code =
        "new linecode.k nphases=4 rmatrix=[1|0 1|0 0 1|0 0 0 2] xmatrix=[1|0 1|0 0 1|0 0 0 2] "
        "cmatrix=[0|0 0|0 0 0|0 0 0 0]\n";
    const Region region =
        import_text(
            circuit + code
            + "new line.l bus1=source.1.2.3.0 bus2=b.1.2.3.4 linecode=k\nnew load.c phases=1 bus1=b.1.4 kv=0.23 kw=1\n")
            .region;

    EXPECT_EQ(region.branch.phases[1], phase::abc | phase::neutral);
    EXPECT_EQ(impedance(region, "l", 3, 3), std::complex<double>(2, 2));
    ASSERT_EQ(region.shunt.id, (std::vector<std::string>{"source_ground"}));
    EXPECT_EQ(region.shunt.bus[0], row(region.bus.id, "source"));
    EXPECT_EQ(region.shunt.g[0][3][3], 1e6) << "as good as ground";

    const std::string both =
        "new line.l bus1=source.1.2.3.0 bus2=b.1.2.3.4 linecode=k\n"
        "new reactor.e phases=1 bus1=source.4 r=1\n";
    EXPECT_NE(refusal(circuit + code + both).find("one neutral can be held"), std::string::npos);
}

// A quadruplex whose neutral nothing else touches, and a load that returns through ground: as in OpenDSS, no current
// flows in that neutral, and the load is not connected to it.
TEST(DssLine, ANeutralThatLeadsNowhereIsNoConductor) {
    const std::string quad = circuit + "set defaultbasefrequency=50\n"
                                       "new linecode.q nphases=4 rmatrix=[2 | 1 2 | 1 1 2 | 1 1 1 3] "
                                       "xmatrix=[4 | 2 4 | 2 2 4 | 2 2 2 5] cmatrix=[9 | 0 9 | 0 0 9 | -3 0 0 9]\n"
                                       "new line.one bus1=source bus2=b linecode=q length=1\n"
                                       "new line.two bus1=b bus2=c linecode=q length=1\n"
                                       "new load.l phases=1 bus1=c.1 kv=0.23 kw=1\n";
    const Imported dead = import_text(quad);
    const Region& region = dead.region;

    EXPECT_EQ(region.bus.phases[row(region.bus.id, "c")], phase::abc);
    EXPECT_EQ(impedance(region, "two", 0, 0), std::complex(2.0, 4.0));
    EXPECT_EQ(impedance(region, "two", 3, 3), 0.0);
    const int code = region.branch.line_code[row(region.branch.id, "two")];
    EXPECT_NEAR(region.line_code.b[code][0][0], 2 * std::numbers::pi * 50 * 8e-9, 1e-15) << "9 - 3 x 3 / 9 nF";

    const Region earthed = import_text(quad + "new reactor.earth phases=1 bus1=source.4 r=10 x=0\n").region;
    EXPECT_EQ(earthed.bus.phases[row(earthed.bus.id, "c")], phase::abc | phase::neutral)
        << "one end of the chain leads somewhere";
}

TEST(DssLine, ConductorsOfALineBetweenTheSameNodesAreOne) {
    // Two conductors on one node: half of self and mutual impedance together, twice that to ground.
    const Region region = import_text(circuit +
        "new linecode.pair nphases=2 rmatrix=[2|0.5 2] xmatrix=[1|0.25 1] cmatrix=[3|-1 3]\n"
        "new line.l phases=1 bus1=source.2 bus2=b.2 linecode=pair\n").region;

    EXPECT_EQ(region.branch.phases[1], phase::b);
    EXPECT_NEAR(std::abs(impedance(region, "l", 1, 1) - std::complex<double>(1.25, 0.625)), 0.0, 1e-12);
    EXPECT_NEAR(region.line_code.b[region.branch.line_code[1]][1][1], 100 * std::numbers::pi * 4e-9, 1e-18);
}

TEST(DssLine, LinesSideBySideAreOneBranch) {
    const std::string code =
        "new linecode.k nphases=3 rmatrix=[2|1 2|1 1 2] xmatrix=[2|1 2|1 1 2] "
        "cmatrix=[2|-1 2|-1 -1 2]\n";
    const Imported imported = import_text(circuit + code + "new line.p bus1=source bus2=b linecode=k normamps=90\n"
        "new line.q bus1=b bus2=source linecode=k length=2 normamps=50\nnew line.off like=p enabled=n\n");
    const Region& region = imported.region;

    // A third of the current goes the long way: 50 A there are 150 A in all, 90 A on the short one 135 A.
    ASSERT_EQ(region.branch.id, (std::vector<std::string>{"source_impedance", "p+q", "off"}));
    EXPECT_NEAR(std::abs(impedance(region, "p+q", 0, 0) - std::complex<double>(4.0 / 3, 4.0 / 3)), 0.0, 1e-12);
    EXPECT_NEAR(std::abs(impedance(region, "p+q", 0, 1) - std::complex<double>(2.0 / 3, 2.0 / 3)), 0.0, 1e-12);
    EXPECT_NEAR(region.line_code.b[region.branch.line_code[1]][0][0], 100 * std::numbers::pi * 6e-9, 1e-18);
    EXPECT_NEAR(region.branch.rating_current[1], 135.0, 1e-9);
    EXPECT_EQ(region.branch.closed[2], 0);
    EXPECT_NE(imported.report.text().find("1 x line beside another (one branch with it)"), std::string::npos);
}

TEST(DssLine, ALineForEveryPhaseIsOneBranch) {
    const Region region = import_text(circuit +
        "new line.a phases=1 bus1=source.1 bus2=b.1 r1=1 x1=2 c1=0 normamps=80\n"
        "new line.c phases=1 bus1=source.3 bus2=b.3 r1=3 x1=4 c1=0 normamps=60\n"
        "new line.b phases=1 bus1=b.2 bus2=source.2 r1=5 x1=6 c1=0\n").region;

    ASSERT_EQ(region.branch.id, (std::vector<std::string>{"source_impedance", "a+c+b"}));
    EXPECT_EQ(region.branch.phases[1], phase::abc);
    EXPECT_NEAR(std::abs(impedance(region, "a+c+b", 0, 0) - std::complex<double>(1, 2)), 0.0, 1e-12);
    EXPECT_NEAR(std::abs(impedance(region, "a+c+b", 1, 1) - std::complex<double>(5, 6)), 0.0, 1e-12);
    EXPECT_NEAR(std::abs(impedance(region, "a+c+b", 2, 2) - std::complex<double>(3, 4)), 0.0, 1e-12);
    EXPECT_EQ(impedance(region, "a+c+b", 0, 1), 0.0);
    EXPECT_NEAR(region.branch.rating_current[1], 60.0, 1e-9);
}

TEST(DssLine, AnImpedanceThatIsNoneMakesAClosedSwitch) {
    const std::string wire = "new line.l bus1=source bus2=b r0=0 x0=0 c1=0 c0=0 x1=0 r1=";
    const Region below = import_text(circuit + wire + "1e-9\n").region;
    const Region above = import_text(circuit + wire + "2e-9\n").region;

    EXPECT_EQ(below.branch.kind[1], BranchKind::circuit_switch) << "2/3 of 1e-9 ohm";
    EXPECT_EQ(above.branch.kind[1], BranchKind::line);
}

TEST(DssLineConstants, AgreeWithThePublishedImpedancesOfConfiguration601) {
    // IEEE 13: 556,500 26/7 ACSR phases, 4/0 6/1 neutral, pole 500. ohm per mile, order of the phases b a c as built.
    constexpr double foot = 0.3048, mile = 1609.344;
    const auto wire = [&](double x, double h, double r, double gmr, double diameter_inch) {
        return opendss::Conductor{x * foot,        h * foot,   r / mile,
                                  r / mile / 1.02, gmr * foot, diameter_inch * 0.0254 / 2};
    };
    const std::vector<opendss::Conductor> pole = {
        wire(2.5, 28, 0.1859, 0.0313, 0.927), wire(0, 28, 0.1859, 0.0313, 0.927), wire(7, 28, 0.1859, 0.0313, 0.927),
        wire(4, 24, 0.592, 0.00814, 0.563)};

    const auto line = opendss::line_constants(pole, 3, true, "carson", 60.0, 100.0);

    EXPECT_NEAR(line.z(0, 0).real() * mile, 0.3465, 2e-4);
    EXPECT_NEAR(line.z(0, 0).imag() * mile, 1.0179, 3e-4);
    EXPECT_NEAR(line.z(0, 1).real() * mile, 0.1560, 2e-4);
    EXPECT_NEAR(line.z(0, 1).imag() * mile, 0.5017, 3e-4);
    EXPECT_NEAR(line.b(0, 0) * mile * 1e6, 6.2998, 0.01);
}

// ---- source

/// Ohm per mile of the only line, one mile long.
std::complex<double> per_mile(const Region& region, int i, int j) { return impedance(region, "l", i, j); }

const std::string carson = "new circuit.c basekv=4.16 bus1=source\nset earthmodel=carson\n";

// Values of cables as Kersting's text on IEEE 13 prints them, with four digits.

TEST(DssLineConstants, AgreeWithThePublishedImpedancesOfConcentricCables606) {
    const Region region = import_text(carson +
        "new cndata.cn250 rac=0.41 runits=mi gmrac=0.0171 gmrunits=ft diam=0.567 radunits=in epsr=2.3 inslayer=0.22 "
        "diains=1.06 diacable=1.29 k=13 diastrand=0.0641 gmrstrand=0.00208 rstrand=14.8722\n"
        "new linegeometry.g nconds=3 nphases=3 cond=1 cncable=cn250 x=-0.5 h=-4 units=ft\n"
        "~ cond=2 cncable=cn250 x=0 h=-4\n~ cond=3 cncable=cn250 x=0.5 h=-4\n"
        "new line.l bus1=source bus2=b geometry=g length=1 units=mi\n").region;

    EXPECT_NEAR(std::abs(per_mile(region, 0, 0) - std::complex<double>(0.7982, 0.4463)), 0.0, 3e-4);
    EXPECT_NEAR(std::abs(per_mile(region, 1, 1) - std::complex<double>(0.7891, 0.4041)), 0.0, 3e-4);
    EXPECT_NEAR(std::abs(per_mile(region, 0, 1) - std::complex<double>(0.3192, 0.0328)), 0.0, 3e-4);
    EXPECT_NEAR(std::abs(per_mile(region, 0, 2) - std::complex<double>(0.2849, -0.0143)), 0.0, 3e-4);
    const double farad = 2 * std::numbers::pi * 8.854e-12 * 2.3 / std::log(0.53 / 0.31);
    const int code = region.branch.line_code[1];
    EXPECT_NEAR(region.line_code.b[code][1][1], 120 * std::numbers::pi * farad, 1e-15);
    EXPECT_EQ(region.line_code.b[code][0][1], 0.0);
}

TEST(DssLineConstants, AgreeWithThePublishedImpedanceOfTheTapedCable607) {
    const Region region = import_text(carson +
        "new tsdata.ts rac=0.97 runits=mi gmrac=0.0111 gmrunits=ft diam=0.368 radunits=in epsr=2.3 inslayer=0.22 "
        "diains=0.82 diacable=1.06 diashield=0.88 tapelayer=0.005 tapelap=50\n"
        "new wiredata.bare rac=0.607 runits=mi gmrac=0.01113 gmrunits=ft diam=0.368 radunits=in\n"
        "new linespacing.s nconds=2 nphases=1 units=in x=[0 1] h=[-48 -48]\n"
        "new line.l phases=1 bus1=source.1 bus2=b.1 spacing=s tscables=[ts] wires=[bare] length=1 units=mi\n").region;

    EXPECT_NEAR(std::abs(per_mile(region, 0, 0) - std::complex<double>(1.3425, 0.5124)), 0.0, 1e-3);
}

TEST(DssLineConstants, PlacesOfASpacingServeLinesAndGeometries) {
    const std::string parts = carson + "new wiredata.w rac=0.3 runits=mi gmrac=0.02 gmrunits=ft diam=0.7 radunits=in\n"
                                       "new linespacing.s nconds=4 nphases=3 units=ft x=[-4 -1 3 0] h=[28 28 28 24]\n";
    const std::string end = " length=1 units=mi\n";
    const Region by_line = import_text(parts + "new line.l bus1=source bus2=b spacing=s wires=[w w w w]" + end).region;
    const Region by_geometry = import_text(parts + "new linegeometry.g nconds=4 nphases=3 reduce=y spacing=s "
                                                   "wires=[w w w w]\nnew line.l bus1=source bus2=b geometry=g" + end)
                                   .region;
    const Region by_hand = import_text(parts + "new linegeometry.g nconds=4 nphases=3 reduce=y cond=1 wire=w x=-4 h=28 "
                                               "units=ft cond=2 wire=w x=-1 h=28 cond=3 wire=w x=3 h=28 cond=4 wire=w "
                                               "x=0 h=24\nnew line.l bus1=source bus2=b geometry=g" + end)
                                   .region;

    for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 3; ++j) {
            EXPECT_EQ(per_mile(by_line, i, j), per_mile(by_hand, i, j));
            EXPECT_EQ(per_mile(by_geometry, i, j), per_mile(by_hand, i, j));
        }
    EXPECT_EQ(by_line.line_code.b, by_hand.line_code.b);
}

TEST(DssLineConstants, ALineMayNameItsModelOfTheEarth) {
    const std::string parts =
        "new wiredata.w rac=0.3 runits=mi gmrac=0.02 gmrunits=ft diam=0.7 radunits=in\n"
        "new linespacing.s nconds=2 nphases=2 units=ft x=[-4 3] h=[28 28]\n"
        "new line.l phases=2 bus1=source.1.2 bus2=b.1.2 spacing=s wires=[w w] length=1 units=mi";
    const Region all = import_text(carson + parts + "\n").region;
    const Region one = import_text("new circuit.c basekv=4.16 bus1=source\n" + parts + " earthmodel=Carson\n").region;
    const Region deri = import_text("new circuit.c basekv=4.16 bus1=source\n" + parts + "\n").region;

    EXPECT_EQ(per_mile(one, 0, 1), per_mile(all, 0, 1));
    EXPECT_NE(per_mile(deri, 0, 1), per_mile(all, 0, 1));
    const double omega = 120 * std::numbers::pi, mu0 = 4e-7 * std::numbers::pi;
    EXPECT_NEAR(per_mile(one, 0, 1).real(), 1609.344 * omega * mu0 / 8, 1e-12)
        << "Carson's first term: omega mu0 / 8 per metre";
}

TEST(DssLineConstants, SayWhatACableOrASpacingLacks) {
    const std::string line = "new line.l bus1=source bus2=b spacing=s ";
    const std::string spacing = "new linespacing.s nconds=3 nphases=3 units=in x=[0 3 6] h=[-48 -48 -48]\n";
    const std::string cable = "new cndata.c rac=0.4 runits=mi gmrac=0.02 diam=0.5 diains=1 inslayer=0.2 diacable=1.2\n";
    const std::string wire = "new wiredata.w rac=0.3 diam=0.5\n";

    EXPECT_NE(refusal(carson + line + "wires=[w w w]\n").find("there is no linespacing 's'"), std::string::npos);
    EXPECT_NE(refusal(carson + spacing + line + "wires=[w w w]\n").find("there is no wiredata 'w'"), std::string::npos);
    EXPECT_NE(refusal(carson + spacing + wire + line + "wires=[w w]\n").find("conductor 3 has no wire"),
              std::string::npos);
    EXPECT_NE(refusal(carson + spacing + wire + line + "wires=[w w w]\n").find("must hang above ground"),
              std::string::npos);
    EXPECT_NE(refusal(carson + spacing + cable + line + "cncables=[c c c]\n").find("cndata.c: needs EpsR"),
              std::string::npos);
    EXPECT_NE(refusal(carson + spacing + cable + "~ k=9 diastrand=0.05 rstrand=10\n" + wire + line
                      + "wires=[w w w] cncables=[c c]\n")
                  .find("all phases and nothing else"),
              std::string::npos);
    EXPECT_NE(
        refusal(carson + "new linespacing.s nconds=3 nphases=3 x=[0 3 3] h=[9 9 9]\n" + wire + line + "wires=[w w w]\n")
            .find("conductors 2 and 3 are in the same place"),
        std::string::npos);
}

TEST(DssSource, DerivesItsImpedanceFromShortCircuitLevels) {
    const Region region = import_text("new circuit.c basekv=11 pu=1.05 mvasc3=200 mvasc1=150 bus1=b angle=30\n").region;

    const auto self = impedance(region, "source_impedance", 0, 0), mutual = impedance(region, "source_impedance", 0, 1);
    const auto z1 = self - mutual, z0 = self + 2.0 * mutual;
    EXPECT_NEAR(std::abs(z1), 121.0 / 200.0, 1e-12);
    EXPECT_NEAR(z1.imag() / z1.real(), 4.0, 1e-12);
    EXPECT_NEAR(std::abs(2.0 * z1 + z0), 3 * 121.0 / 150.0, 1e-9);
    EXPECT_NEAR(z0.imag() / z0.real(), 3.0, 1e-12);
    EXPECT_NEAR(region.series[0].slack_voltage[0], 1.05 * 11000 / std::numbers::sqrt3, 1e-9);
    EXPECT_NEAR(region.series[0].slack_angle[1], -90.0, 1e-12);
    EXPECT_EQ(region.bus.id[region.feeder.slack_bus[0]], "source_ideal");
}

TEST(DssSource, JoinsSinglePhaseSourcesAtOneBus) {
    const Region region = import_text(
                              "new circuit.c bus1=b.1 basekv=12.7 pu=0.99 phases=1\n"
                              "new vsource.s2 bus1=b.2 basekv=12.7 pu=1.01 angle=-120 phases=1\n"
                              "new vsource.s3 bus1=b.3 basekv=12.7 angle=120 phases=1\n")
                              .region;

    EXPECT_EQ(region.bus.phases[0], phase::abc);
    EXPECT_NEAR(region.series[0].slack_voltage[1], 12827.0, 1e-9);
    EXPECT_EQ(impedance(region, "source_impedance", 0, 1), 0.0);
}

TEST(DssSource, RefusesASecondBus) {
    EXPECT_NE(refusal(circuit + "new vsource.two bus1=elsewhere\n").find("one source per feeder"), std::string::npos);
}

TEST(DssScript, KeepsLoadsWithoutSupplyAsPassiveCustomersAndSaysSo) {
    const Imported imported = import_text(circuit
                                          + "new line.l bus1=source bus2=b length=0.1 units=km r1=0.3 x1=0.1\n"
                                            "new load.lost bus1=elsewhere kv=0.4 kw=1\n"
                                            "new load.held bus1=b kv=0.4 kw=1\n");

    const Region& region = imported.region;
    EXPECT_EQ(region.customer.active.at(row(region.customer.id, "lost")), 0);
    EXPECT_EQ(region.customer.active.at(row(region.customer.id, "held")), 1);
    EXPECT_NE(imported.report.text().find("load 'lost' is not connected with the source"), std::string::npos)
        << imported.report.text();
}

TEST(DssScript, AssumesACircuitWhereNoneIsMade) {
    const Imported result =
        import_text("Edit Vsource.Source BasekV=11 ISC3=3000 ISC1=2500\nnew line.l bus1=sourcebus bus2=b\n");

    EXPECT_EQ(result.region.bus_count(), 3u);
    ASSERT_FALSE(result.report.notes().empty());
    EXPECT_NE(result.report.notes().front().find("before a circuit is made"), std::string::npos);
}

// ---- transformers

TEST(DssTransformer, WritesDynAsCoilsThatLagByThirtyDegrees) {
    const Region region = import_text(
                              "new circuit.c basekv=11 bus1=hv\n"
                              "New Transformer.T Buses=[hv lv] Conns=[Delta Wye] kVs=[11 0.4] kVAs=[500 500] XHL=4 "
                              "%Rs=[0.5 0.7] %noloadloss=0.2 %imag=1\n"
                              "set voltagebases=[11 0.4]\n")
                              .region;

    const TransformerColumns& t = region.transformer;
    EXPECT_EQ(t.from_coil[0], (TransformerColumns::Coils{{{1, 3}, {2, 1}, {3, 2}}}))
        << "coil k from phase k to phase k - 1";
    EXPECT_EQ(t.to_coil[0], (TransformerColumns::Coils{{{1, 0}, {2, 0}, {3, 0}}}));
    EXPECT_NEAR(t.from_voltage[0], 11000.0, 1e-9);
    EXPECT_NEAR(t.to_voltage[0], 400 / std::numbers::sqrt3, 1e-9);
    EXPECT_NEAR(t.r[0], 0.012 * 400 * 400 / 500e3, 1e-15);
    EXPECT_NEAR(t.x[0], 0.04 * 400 * 400 / 500e3, 1e-15);
    EXPECT_NEAR(t.no_load_loss[0], 1000.0, 1e-9);
    EXPECT_NEAR(t.magnetising_power[0], 5000.0, 1e-9);
    EXPECT_EQ(region.branch.rating_power[1], 500e3);
    EXPECT_NEAR(region.bus.base_voltage[row(region.bus.id, "lv")], 400 / std::numbers::sqrt3, 1e-9);
}

TEST(DssTransformer, LetsAStarPointFloatThatGoesNowhere) {
    const std::string text =
        "new circuit.c basekv=11 bus1=hv\nnew transformer.t xhl=6\n~ wdg=1 bus=hv.1.2.3.4 conn=wye kv=11 kva=500\n"
        "~ wdg=2 bus=lv conn=delta kv=0.4 kva=500\n";

    const Region floating = import_text(text).region;
    const Region earthed = import_text(text + "new reactor.g phases=1 bus1=hv.4 r=1 x=0\n").region;

    EXPECT_EQ(floating.transformer.from_coil[0][0], (std::array<std::int8_t, 2>{1, TransformerColumns::floating_star}));
    EXPECT_EQ(earthed.transformer.from_coil[0][0],
              (std::array<std::int8_t, 2>{1, TransformerColumns::terminal_neutral}));
    ASSERT_EQ(floating.shunt.id.size(), 1u) << "the delta side floats: anti-float shunt";
    EXPECT_LT(floating.shunt.b[0][0][0], 0.0);
}

TEST(DssTransformer, JoinsABankOfRegulatorsWithTheirOwnTaps) {
    const Region region = import_text(
                              "new circuit.c basekv=4.16 bus1=a\n"
                              "new transformer.r1 phases=1 bank=reg xhl=0.01 kvas=[1666 1666] buses=[a.1 b.1] kvs=[2.4 "
                              "2.4] taps=[1 1.0625]\n"
                              "new transformer.r2 like=r1 buses=[a.2 b.2] taps=[1 1.05]\nnew transformer.r3 like=r1 "
                              "buses=[a.3 b.3] taps=[1 1.06875]\n"
                              "new regcontrol.c transformer=r1 winding=2 vreg=122\n")
                              .region;

    ASSERT_EQ(region.transformer.id.size(), 1u);
    EXPECT_EQ(region.branch.id[1], "reg");
    EXPECT_EQ(region.branch.kind[1], BranchKind::regulator);
    EXPECT_EQ(region.transformer.to_tap[0], (std::array<double, 3>{1.0625, 1.05, 1.06875}));
    EXPECT_EQ(region.branch.rating_power[1], 3 * 1666e3);
}

TEST(DssTransformer, UnitsInParallelAreOne) {
    const std::string unit =
        "new transformer.t1 xhl=6 %rs=[1 1] kvas=[100 100] buses=[source b] conns=(delta wye) "
        "kvs=[0.4 0.2] %noloadloss=1\nnew transformer.t2 like=t1 ";
    const Region region = import_text(circuit + unit + "xhl=3 %rs=[0.5 0.5]\n").region;

    // Half the impedance takes two thirds of the load: rated where that third is 100 kVA, at 150.
    ASSERT_EQ(region.transformer.id, (std::vector<std::string>{"t1+t2"}));
    EXPECT_NEAR(region.transformer.r[0], 0.02 / 3 * 0.2 * 0.2 / 0.1, 1e-12);
    EXPECT_NEAR(region.transformer.x[0], 0.06 / 3 * 0.2 * 0.2 / 0.1, 1e-12);
    EXPECT_NEAR(region.branch.rating_power[1], 150e3, 1e-6);
    EXPECT_NEAR(region.transformer.no_load_loss[0], 2000.0, 1e-9);

    EXPECT_EQ(import_text(circuit + unit + "taps=[1 1.05]\n").region.transformer.id.size(), 2u)
        << "circulating currents are no sharing";
}

TEST(DssTransformer, KeepsTheControlOfEveryUnitOfABank) {
    const Imported result = import_text(
        "new circuit.c basekv=4.16 bus1=a\n"
        "new transformer.r1 phases=1 bank=reg xhl=0.01 kvas=[1666 1666] buses=[a.1 b.1] kvs=[2.4 2.4]\n"
        "~ wdg=2 mintap=0.95 maxtap=1.05 numtaps=8\n"
        "new regcontrol.c1 transformer=r1 winding=2 vreg=122 band=2 ptratio=20 ctprim=700 r=3 x=9\n"
        "new transformer.r2 like=r1 buses=[a.2 b.2]\n"
        "new regcontrol.c2 like=c1 transformer=r2 x=-1 delay=30 maxtapchange=1\n");
    const TapControlColumns& c = result.region.tap_control;

    ASSERT_EQ(c.id, (std::vector<std::string>{"c1", "c2"}));
    EXPECT_EQ(c.transformer, (std::vector<std::int32_t>{0, 0}));
    EXPECT_EQ(c.coil, (std::vector<std::int8_t>{0, 1}));
    EXPECT_EQ(c.ganged, (std::vector<std::uint8_t>{0, 0}));
    EXPECT_EQ(c.voltage, (std::vector<double>{122, 122}));
    EXPECT_EQ(c.band, (std::vector<double>{2, 2}));
    EXPECT_EQ(c.pt_ratio, (std::vector<double>{20, 20}));
    EXPECT_EQ(c.ct_primary, (std::vector<double>{700, 700}));
    EXPECT_EQ(c.r, (std::vector<double>{3, 3}));
    EXPECT_EQ(c.x, (std::vector<double>{9, -1}));
    EXPECT_EQ(c.delay, (std::vector<double>{15, 30}));
    EXPECT_EQ(c.tap_min[0], 0.95);
    EXPECT_EQ(c.tap_max[0], 1.05);
    EXPECT_NEAR(c.tap_step[0], 0.0125, 1e-15);
    EXPECT_EQ(c.max_steps, (std::vector<double>{16, 1}));
}

TEST(DssTransformer, StandsWhereATapNumberPutsIt) {
    const std::string unit =
        "new transformer.t xhl=5 kvas=[50 50] buses=[source b] kvs=[0.4 0.2]\n~ wdg=2 maxtap=1.08\n~ mintap=0.92\n"
        "new regcontrol.r transformer=t winding=2 vlimit=0.00 tapnum=";
    const Region up = import_text(circuit + unit + "8\n").region;
    EXPECT_NEAR(up.transformer.to_tap[0][0], 1.04, 1e-12) << "8 of 32 steps between 0.92 and 1.08";
    EXPECT_EQ(up.transformer.from_tap[0][0], 1.0);
    EXPECT_EQ(up.tap_control.id.size(), 1u) << "a limit of 0 V is none";

    const Region beyond = import_text(circuit + unit + "-20\n").region;
    EXPECT_NEAR(beyond.transformer.to_tap[0][0], 0.92, 1e-12);
    const Region later = import_text(circuit + unit + "8\nedit transformer.t wdg=2 tap=1.01\n").region;
    EXPECT_NEAR(later.transformer.to_tap[0][0], 1.01, 1e-12);
    EXPECT_NE(refusal(circuit + "new regcontrol.r tapnum=3\n").find("tapnum needs the transformer before it"),
              std::string::npos);
}

TEST(DssTransformer, AControlThatARegionCannotSayLeavesTheTapAndIsReported) {
    for (const char* unusual : {"bus=b.1", "ptphase=max", "reversible=yes", "winding=1", "maxtapchange=0"}) {
        const Imported result =
            import_text(fmt::format("new circuit.c basekv=4.16 bus1=a\n"
                                    "new transformer.r1 phases=1 kvas=[1666 1666] buses=[a.1 b.1] kvs=[2.4 2.4]\n"
                                    "new regcontrol.c1 transformer=r1 winding=2 vreg=122 {}\n",
                                    unusual));

        EXPECT_TRUE(result.region.tap_control.id.empty()) << unusual;
        EXPECT_EQ(result.region.branch.kind[1], BranchKind::regulator);
        EXPECT_TRUE(std::ranges::any_of(result.report.skipped(), [](const ImportCount& skipped) {
            return skipped.what.starts_with("regcontrol (");
        })) << unusual;
    }
}

TEST(DssTransformer, ACompensatorAtADeltaWindingSeesNoCoilCurrent) {
    const auto controls = [](const std::string& compensator) {
        return import_text(circuit + "new transformer.t xhl=5 kvas=[50 50] buses=[source b] kvs=[0.4 0.2] "
                                     "conns=[wye delta]\nnew regcontrol.r transformer=t winding=2 "
                           + compensator)
            .region.tap_control.id.size();
    };
    EXPECT_EQ(controls("\n"), 1U);
    EXPECT_EQ(controls("r=1\n"), 0U);
}

TEST(DssTransformer, TapNumbersCountFromTheMiddleOfTheRange) {
    const Region region = import_text(circuit + "new transformer.t kvas=[50 50] buses=[source b] kvs=[0.4 0.2]\n"
                                                "~ wdg=2 mintap=0.9 maxtap=1.0 numtaps=20\n"
                                                "new regcontrol.r transformer=t winding=2 tapnum=2\n").region;
    EXPECT_NEAR(region.transformer.to_tap[0][0], 0.96, 1e-12);
}

TEST(DssTransformer, AReactanceOfZeroIsTheDefaultAndSaidToBe) {
    const Imported result =
        import_text(circuit + "new transformer.t xhl=0 %rs=[0 0] kvas=[100 100] buses=[source b] kvs=[0.4 0.2]\n");
    EXPECT_NEAR(result.region.transformer.x[0], 0.07 * 0.2 * 0.2 / 0.1, 1e-12);
    EXPECT_TRUE(std::ranges::any_of(result.report.skipped(), [](const ImportCount& skipped) {
        return skipped.what == "transformer.xhl=0 (taken as 7 %, as by OpenDSS)";
    }));
}

TEST(DssTransformer, MakesACentreTapAStarOfRadialUnits) {
    const Region region = import_text(
                              "new circuit.c basekv=12.47 bus1=hv\n"
                              "New XfmrCode.ct phases=1 windings=3 kvs=[7.2 0.12 0.12] kVAs=[25 25 25] %Rs=[0.6 1.2 "
                              "1.2] Xhl=2.04 Xht=2.04 Xlt=1.36\n"
                              "New Transformer.T XfmrCode=ct buses=[hv.3 house.1.0 house.0.2]\n")
                              .region;

    ASSERT_EQ(region.transformer.id.size(), 2u);
    EXPECT_EQ(region.transformer.from_coil[1], (TransformerColumns::Coils{{{3, 0}, {3, 0}, {-1, -1}}}));
    EXPECT_EQ(region.transformer.to_coil[1], (TransformerColumns::Coils{{{1, 0}, {0, 2}, {-1, -1}}}));
    // x1 = (2.04 + 2.04 - 1.36) / 2 = 1.36 %, x2 = 0.68 %
    EXPECT_NEAR(region.transformer.x[0], 0.0136 * 7200 * 7200 / 25e3, 1e-9);
    EXPECT_NEAR(region.transformer.x[1], 0.0068 * 120 * 120 / 25e3, 1e-15);
    EXPECT_EQ(region.bus.base_voltage[row(region.bus.id, "house")], 120.0);
}

TEST(DssTransformer, TheCoreOfACentreTapStandsAtItsFirstHalf) {
    const Region region = import_text(
                              "new circuit.c basekv=12.47 bus1=hv\n"
                              "New Transformer.T phases=1 windings=3 kvs=[7.2 0.12 0.12] kVAs=[25 25 25] "
                              "taps=[1 1.05 1] xhl=2.04 xht=2.04 xlt=1.36 %noloadloss=0.2 %imag=0.5 "
                              "buses=[hv.3 house.1.0 house.0.2]\n")
                              .region;

    EXPECT_EQ(region.transformer.no_load_loss, (std::vector<double>{0.0, 0.0}));
    EXPECT_EQ(region.transformer.magnetising_power, (std::vector<double>{0.0, 0.0}));
    ASSERT_EQ(region.shunt.id, (std::vector<std::string>{"t_secondary_core"}));
    EXPECT_EQ(region.shunt.bus[0], row(region.bus.id, "house"));
    ConductorMatrix g{}, b{};
    g[0][0] = 50.0 / (126.0 * 126.0);
    b[0][0] = -125.0 / (126.0 * 126.0);
    for (std::size_t i = 0; i < conductor_count; ++i)
        for (std::size_t j = 0; j < conductor_count; ++j) {
            EXPECT_NEAR(region.shunt.g[0][i][j], g[i][j], 1e-15);
            EXPECT_NEAR(region.shunt.b[0][i][j], b[i][j], 1e-15);
        }
}

TEST(DssTransformer, UnitsOfABankKeepTheirOwnCores) {
    const auto bank = [](const std::string& second) {
        return import_text(
                   "new circuit.c basekv=12.47 bus1=hv\n"
                   "new transformer.t1 phases=1 kvs=[7.2 0.24] kvas=[50 50] xhl=2 %noloadloss=1 "
                   "buses=[hv.1 lv.1]\nnew transformer.t2 like=t1 buses=[hv.2 lv.2] "
                   + second + "\n")
            .region;
    };
    const Region equal = bank(""), unequal = bank("%noloadloss=2");

    ASSERT_EQ(equal.transformer.no_load_loss.size(), 1u);
    EXPECT_NEAR(equal.transformer.no_load_loss[0], 1000.0, 1e-9) << "the same in both: the bank's";
    EXPECT_TRUE(equal.shunt.id.empty());
    ASSERT_EQ(unequal.transformer.no_load_loss, (std::vector<double>{0.0}));
    ASSERT_EQ(unequal.shunt.id.size(), 2u);
    EXPECT_NEAR(unequal.shunt.g[0][0][0], 500.0 / (240.0 * 240.0), 1e-15);
    EXPECT_NEAR(unequal.shunt.g[1][1][1], 1000.0 / (240.0 * 240.0), 1e-15);
}

// ---- customers

TEST(DssLoad, FlipsTheSignOnce) {
    const Region region = import_text(circuit + "new line.l bus1=source bus2=b\n"
    "new load.a phases=1 bus1=b.2 kv=0.23 kw=3 pf=0.95\n"
        "new load.b bus1=b kv=0.4 kw=6 kvar=-2 conn=delta model=2\n"
        "new load.c phases=1 bus1=b.3.1 kv=0.4 kva=2 pf=-0.8 model=5\n").region;

    const SeriesSet& s = region.series[0];
    EXPECT_EQ(s.p_forecast[0], -3000.0);
    EXPECT_NEAR(s.q_forecast[0], -3000.0 * std::tan(std::acos(0.95)), 1e-9);
    EXPECT_EQ(region.customer.phases[0], phase::b);
    EXPECT_EQ(s.q_forecast[1], 2000.0);
    EXPECT_EQ(region.customer.connection[1], Connection::delta);
    EXPECT_EQ(region.customer.zip_p[1], (std::array<double, 3>{1, 0, 0}));
    EXPECT_EQ(region.customer.rated_voltage[1], 400.0);
    EXPECT_NEAR(s.p_forecast[2], -1600.0, 1e-9);
    EXPECT_NEAR(s.q_forecast[2], 1200.0, 1e-9);
    EXPECT_EQ(region.customer.phases[2], phase::a | phase::c);
    EXPECT_EQ(region.customer.connection[2], Connection::delta);
}

// 0.5 ohm a phase; 3 kW at 0.4 kV as constant impedance from phase 3 to 1 and from 1 to 2.
TEST(DssLoad, TwoPhasesInDeltaAreTheTwoLegsOfAnOpenDelta) {
    OpenDssOptions options;
    options.active = "none";
    options.series = OpenDssSeries::yearly;
    const Imported result = import_text(circuit + "vsource.source.z1=[0 1e-6]\nvsource.source.z0=[0 1e-6]\n"
        "new loadshape.s npts=2 interval=1 mult=[8 4] useactual=yes\n"
        "new line.l bus1=source bus2=b r1=0.5 x1=0 r0=0.5 x0=0 c1=0 c0=0\n"
        "new load.o phases=2 conn=delta bus1=b.3.1.2 kv=0.4 kw=6 kvar=2 model=2\n"
        "new load.shaped phases=2 conn=delta bus1=b.3.1.2 kv=0.4 kw=0.001 pf=1 yearly=s\n", options);
    const Region& region = result.region;

    EXPECT_EQ(region.customer.id, (std::vector<std::string>{"o_1", "o_2", "shaped_1", "shaped_2"}));
    EXPECT_EQ(region.customer.phases[0], phase::a | phase::c);
    EXPECT_EQ(region.customer.phases[1], phase::a | phase::b);
    EXPECT_EQ(region.customer.connection, std::vector<Connection>(4, Connection::delta));
    EXPECT_EQ(region.customer.rated_voltage, std::vector<double>(4, 400.0));
    const SeriesSet& s = region.series[0];
    EXPECT_EQ(s.p_forecast, (std::vector<double>{-3e3, -3e3, -4e3, -4e3, -3e3, -3e3, -2e3, -2e3}));
    EXPECT_EQ(s.q_forecast[1], -1e3);
    EXPECT_TRUE(validate(region).empty());

    Region alone = region;
    for (double* p : {&alone.series[0].p_forecast[2], &alone.series[0].p_forecast[3]}) *p = 0.0;
    test::AcCase ac(alone);
    ac.solve();
    using Complex = std::complex<double>;
    const Complex y = Complex(3e3, -1e3) / (400.0 * 400.0);
    Eigen::Matrix3cd nodal = 2.0 * Eigen::Matrix3cd::Identity();  // a, b, c
    for (const auto& [i, j] : {std::pair{2, 0}, std::pair{0, 1}}) {
        nodal(i, i) += y, nodal(j, j) += y;
        nodal(i, j) -= y, nodal(j, i) -= y;
    }
    Eigen::Vector3cd source;
    for (int k = 0; k < 3; ++k) source[k] = ac.voltage(row(region.bus.id, "source"), k);
    const Eigen::Vector3cd expected = nodal.inverse() * (2.0 * source);
    for (int k = 0; k < 3; ++k)
        EXPECT_NEAR(std::abs(ac.voltage(row(region.bus.id, "b"), k) - expected[k]), 0.0, 1e-6) << k;
}

TEST(DssLoad, AnOpenDeltaThatNamesTwoNodesEndsAtGround) {
    const Region region = import_text(circuit + "new line.l bus1=source bus2=b\n"
        "new load.o phases=2 conn=delta bus1=b.2.3 kv=0.4 kw=6 pf=1\n").region;

    EXPECT_EQ(region.customer.phases, (std::vector<std::uint8_t>{phase::b | phase::c, phase::c}));
    EXPECT_EQ(region.customer.connection, (std::vector<Connection>{Connection::delta, Connection::wye}));
    EXPECT_EQ(region.customer.rated_voltage[1], 400.0) << "OpenDSS's kV, whatever it lies between";
    EXPECT_TRUE(validate(region).empty());
}

TEST(DssLoad, ReadsTransformerShareAndEnergy) {
    const Region region = import_text(circuit + "new line.l bus1=source bus2=b\n"
        "new load.share phases=1 bus1=b.1 kv=0.23 kw=7 xfkva=25 pf=0.8\n"
        "new load.late phases=1 bus1=b.1 kv=0.23 xfkva=25 pf=0.8 kw=7\n"
        "new load.bill phases=1 bus1=b.1 kv=0.23 kwh=720 cfactor=3 pf=-0.8\n"
        "set allocationfactors=0.4\n"
        "new load.after phases=1 bus1=b.1 kv=0.23 xfkva=10 pf=1\nload.after.allocationfactor=0.9\n").region;

    const std::vector<double>& p = region.series[0].p_forecast;
    EXPECT_NEAR(p[0], -25e3 * 0.4 * 0.8, 1e-9);
    EXPECT_NEAR(region.series[0].q_forecast[0], -25e3 * 0.4 * 0.6, 1e-9);
    EXPECT_NEAR(p[1], -25e3 * 0.4 * 0.8, 1e-9) << "an allocation of loads with a transformer replaces their kW";
    EXPECT_NEAR(p[2], -3000.0, 1e-9) << "a mean of 1 kW over 30 days, times 3";
    EXPECT_NEAR(region.series[0].q_forecast[2], 3000.0 * 0.75, 1e-9);
    EXPECT_NEAR(p[3], -9e3, 1e-9);
}

TEST(DssLoad, EveryCommandLeavesItsPowerFactorToTheNext) {
    const Region region = import_text(circuit + "new line.l bus1=source bus2=b\n"
        "new load.a phases=1 bus1=b.1 kv=0.23 kw=10 kvar=-5\nnew load.b like=a bus1=b.2\n"
        "load.a.kw=20\nload.b.kvar=3\nload.b.kva=10\nnew load.c phases=1 bus1=b.3 kv=0.23 kvar=5 kw=10\n").region;

    const SeriesSet& s = region.series[0];
    EXPECT_NEAR(s.p_forecast[0], -20e3, 1e-9);
    EXPECT_NEAR(s.q_forecast[0], 10e3, 1e-9) << "half as many kvar as kW, of the other sign";
    EXPECT_NEAR(s.p_forecast[1], -10e3 * 10.0 / std::hypot(10.0, 3.0), 1e-9);
    EXPECT_NEAR(s.q_forecast[1], -10e3 * 3.0 / std::hypot(10.0, 3.0), 1e-9);
    EXPECT_NEAR(s.q_forecast[2], -10e3 * std::sqrt(1 / (0.88 * 0.88) - 1), 1e-9)
        << "within one command kW come after kvar, and the power factor is OpenDSS's 0.88";
}

TEST(DssLoad, ImportsGenerationAsPassivePositiveInjection) {
    const Region region = import_text(circuit + "new line.l bus1=source bus2=b\nnew load.x bus1=b kv=0.4 kw=1\n"
        "new generator.x bus1=b kv=0.4 kw=5 pf=1\n"
        "new pvsystem.p phases=1 bus1=b.1 kv=0.23 kva=4 pmpp=5 irradiance=0.9\n").region;

    EXPECT_EQ(region.customer.id, (std::vector<std::string>{"x", "generator.x", "p"}));
    EXPECT_EQ(region.customer.active, (std::vector<std::uint8_t>{1, 0, 0}));
    EXPECT_EQ(region.series[0].p_forecast[1], 5000.0);
    EXPECT_EQ(region.series[0].p_forecast[2], 4000.0) << "4.5 kW of panels behind a 4 kVA inverter";
}

const std::string inverters =
    circuit + "new line.l bus1=source bus2=b\nnew load.x bus1=b kv=0.4 kw=10 kvar=0\n"
    "new xycurve.vv npts=6 yarray=(0.44, 0.44, 0.0, 0.0, -0.60, -0.60) xarray=(0.5, 0.9, 0.96, 1.04, 1.12, 1.5)\n"
    "new xycurve.vw npts=4 yarray=(1.0, 1.0, 0.2, 0.2) xarray=(0.5, 1.1, 1.13, 2.0)\n"
    "new pvsystem.p phases=1 bus1=b.1 kv=0.23 kva=5 pmpp=4 pf=0.9\n"
    "new pvsystem.r phases=1 bus1=b.2 kv=0.23 kva=6 kvarmax=2 pmpp=4\n";

TEST(DssLoad, StorageKeepsThePowerOfItsState) {
    const Region region = import_text(circuit + "new line.l bus1=source bus2=b\nnew storage.idle bus1=b kv=0.4\n"
        "new storage.out bus1=b kv=0.4 kwrated=20 state=discharging %discharge=30 pf=0.8\n"
        "new storage.in bus1=b kv=0.4 kwrated=20 kw=-8 kvar=1\n"
        "new storage.early phases=1 bus1=b.2 kv=0.23 kw=5 kwrated=50\n").region;

    const SeriesSet& s = region.series[0];
    EXPECT_EQ(s.p_forecast, (std::vector<double>{0, 6e3, -8e3, 10e3}))
        << "5 kW of OpenDSS's 25 are a fifth, and stay one";
    EXPECT_NEAR(s.q_forecast[1], 4500.0, 1e-9);
    EXPECT_EQ(s.q_forecast[2], 1e3);
    EXPECT_EQ(region.customer.active, (std::vector<std::uint8_t>{0, 0, 0, 0}));
    EXPECT_EQ(region.customer.phases[3], phase::b);
}

TEST(DssInverter, FollowsTheVoltVarCurveOfItsControl) {
    const Imported imported = import_text(
        inverters + "new invcontrol.c combimode=vv_vw voltwatt_curve=vw vvc_curve1=vv pvsystemlist=[pvsystem.p]\n");
    const Region& region = imported.region;

    EXPECT_EQ(region.customer.reactive_mode,
              (std::vector<ReactiveMode>{ReactiveMode::unity, ReactiveMode::volt_var, ReactiveMode::unity}));
    EXPECT_EQ(region.customer.volt_var, (std::vector<std::int32_t>{-1, 0, -1}));
    EXPECT_EQ(region.customer.q_absorb_max[1], 5000.0);
    EXPECT_EQ(region.customer.apparent_max[1], 5000.0);
    EXPECT_TRUE(std::isnan(region.customer.apparent_max[2]));
    EXPECT_EQ(region.volt_var.voltage[0][1], 0.9);
    EXPECT_EQ(region.volt_var.q[0][4], -0.6);
    EXPECT_TRUE(std::isnan(region.volt_var.q[0][6]));
    EXPECT_NE(imported.report.text().find("takes power back above 1.1 times the rated voltage"), std::string::npos);
}

TEST(DssInverter, OneControlMayBeOfAllAndOfTheLargestVars) {
    const Region region =
        import_text(inverters + "new invcontrol.c mode=voltvar vvc_curve1=vv refreactivepower=varmax\n").region;

    EXPECT_EQ(region.customer.volt_var, (std::vector<std::int32_t>{-1, 0, 0}));
    EXPECT_EQ(region.customer.q_inject_max[2], 2000.0);
    EXPECT_TRUE(std::isnan(region.customer.apparent_max[2]));
}

TEST(DssInverter, ControlsThatACaseCannotSayAreReportedAndLeaveTheForecast) {
    for (const std::string words :
         {"mode=voltwatt voltwatt_curve=vw", "mode=voltvar vvc_curve1=vv hysteresis_offset=-0.1",
          "mode=voltvar vvc_curve1=vv voltage_curvex_ref=avg", "vvc_curve1=vv"}) {
        const Imported imported = import_text(inverters + "new invcontrol.c " + words + "\n");
        EXPECT_EQ(imported.region.customer.reactive_mode[1], ReactiveMode::unity) << words;
        EXPECT_NE(imported.report.text().find("invcontrol ("), std::string::npos) << words;
    }
}

TEST(DssInverter, AListOfUnknownInvertersIsRefusedAndStorageIsReported) {
    const std::string control = inverters + "new invcontrol.c mode=voltvar vvc_curve1=vv derlist=";
    EXPECT_NE(refusal(control + "[pvsystem.q]\n").find("there is no pvsystem.q"), std::string::npos);

    const Imported imported = import_text(control + "[storage.s, r]\n");
    EXPECT_EQ(imported.region.customer.volt_var, (std::vector<std::int32_t>{-1, -1, 0}));
    EXPECT_NE(imported.report.text().find("storage of an invcontrol"), std::string::npos);
}

TEST(DssInverter, CurvesThatCannotBeFollowedAreRefused) {
    const std::string control = "new invcontrol.c mode=voltvar vvc_curve1=";
    EXPECT_NE(refusal(inverters + control + "none_such\n").find("there is no xycurve.none_such"), std::string::npos);
    EXPECT_NE(refusal(inverters + "new xycurve.w npts=3 xarray=(1, 0.9, 1.1) yarray=(0, 0, 0)\n" + control + "w\n")
                  .find("must increase"),
              std::string::npos);
    EXPECT_NE(refusal(inverters + "new xycurve.w npts=3 xarray=(1 2) yarray=(0 0)\n" + control + "w\n").find("npts"),
              std::string::npos);
    EXPECT_NE(refusal(inverters + "new xycurve.w points=(1 0 2 1 3 0 4 1 5 0 6 1 7 0 8 1 9 0)\n" + control + "w\n")
                  .find("at most 8"),
              std::string::npos);
    EXPECT_EQ(refusal(inverters + "new xycurve.w points=(1 0 2 1 3 2 4 3 5 4 6 5 7 6 8 7 9 8)\n" + control + "w\n"), "")
        << "a straight line has two points";
}

TEST(DssScript, ABusMayNameItsBase) {
    const Region region = import_text(circuit + "new line.l bus1=source bus2=b\nnew line.m bus1=b bus2=c\n"
        "set voltagebases=[0.4]\ncalcv\nsetkvbase bus=b kvln=0.24\nsetkvbase C, kVLL=0.415\n").region;

    EXPECT_NEAR(region.bus.base_voltage[row(region.bus.id, "source")], 400 / std::numbers::sqrt3, 1e-9);
    EXPECT_NEAR(region.bus.base_voltage[row(region.bus.id, "b")], 240.0, 1e-9);
    EXPECT_NEAR(region.bus.voltage_max[row(region.bus.id, "c")], 1.1 * 415 / std::numbers::sqrt3, 1e-9);
    EXPECT_NE(refusal(circuit + "setkvbase bus=b\n").find("needs a bus and a positive"), std::string::npos);
}

TEST(DssLoad, TakesThePatternOfActiveCustomers) {
    std::string text = circuit + "new line.l bus1=source bus2=b\n";
    for (int k = 1; k <= 7; ++k) text += "new load.l" + std::to_string(k) + " bus1=b kv=0.4\n";
    OpenDssOptions options;
    options.active = "1,3/5";

    EXPECT_EQ(import_text(text, options).region.customer.active, (std::vector<std::uint8_t>{1, 0, 1, 0, 0, 1, 0}));
    options.active = "7/5";
    EXPECT_THROW(import_text(text, options), UsageError);
    options.active = "some";
    EXPECT_THROW(import_text(text, options), UsageError);
}

TEST(DssLoad, SetsTheVoltageBandWhereCustomersAre) {
    OpenDssOptions options;
    options.customer_voltage = {216.2, 253.0};
    const Region region = import_text(
                              "new circuit.c basekv=11 bus1=hv\nnew transformer.t buses=[hv lv] kvs=[11 0.4]\n"
                              "new load.a bus1=lv.1 phases=1 kv=0.23\n",
                              options)
                              .region;

    EXPECT_EQ(region.bus.voltage_min[row(region.bus.id, "lv")], 216.2);
    EXPECT_NEAR(region.bus.voltage_max[row(region.bus.id, "hv")], 1.1 * 11000 / std::numbers::sqrt3, 1e-9);
}

TEST(DssShape, AveragesOverTheSteps) {
    OpenDssOptions options;
    options.series = OpenDssSeries::daily;
    options.steps = {900, 300};
    options.horizon = 1800;
    const Region region = import_text(circuit + "new loadshape.s npts=6 minterval=5 mult=[1 2 3 4 5 6] qmult=[6 "
    "5 4 3 2 1]\n"
        "new line.l bus1=source bus2=b\nnew load.a bus1=b kv=0.4 kw=10 kvar=2 daily=s\n"
        "new load.f bus1=b kv=0.4 kw=1 pf=1 daily=s status=fixed\n",
        options).region;

    ASSERT_EQ(region.series.size(), 2u);
    EXPECT_EQ(region.series[0].name, "quarter_hour");
    EXPECT_EQ(region.series[1].name, "300s");
    EXPECT_EQ(region.series[0].p_forecast, (std::vector<double>{-20e3, -1e3, -50e3, -1e3}));
    EXPECT_NEAR(region.series[0].q_forecast[0], -10e3, 1e-9);
    EXPECT_EQ(region.series[1].p_forecast[2 * 5], -60e3) << "value k holds for [k, k + 1) intervals";
    EXPECT_EQ(region.series[1].start[1] - region.series[1].start[0], 300);
}

TEST(DssShape, ReadsActualKilowattsAndKeepsThePowerFactor) {
    OpenDssOptions options;
    options.series = OpenDssSeries::yearly;
    const Region region = import_text(circuit + "new loadshape.s npts=2 interval=1 mult=[3 4] useactual=yes\n"
        "new line.l bus1=source bus2=b\nnew load.a bus1=b kv=0.4 kw=1 pf=0.8 yearly=s\n", options).region;

    EXPECT_EQ(region.series[0].step_count(), 2u);
    EXPECT_EQ(region.series[0].p_forecast[1], -4000.0);
    EXPECT_NEAR(region.series[0].q_forecast[1], -3000.0, 1e-9);
}

TEST(DssShape, IsReadOnlyWhenItIsWanted) {
    const std::string text = circuit + "new loadshape.s npts=2 interval=1 mult=(file=C:\\elsewhere\\s.csv)\n"
                                       "new line.l bus1=source bus2=b\nnew load.a bus1=b kv=0.4 daily=s\n";
    OpenDssOptions daily;
    daily.series = OpenDssSeries::daily;
    const TemporaryDirectory profiles;
    write(profiles / "s.csv", "0.5\n1.5\n");

    EXPECT_EQ(refusal(text), "");
    EXPECT_NE(refusal(text, daily).find("outside the directory of the case"), std::string::npos);
    daily.profile_folder = profiles.path();
    EXPECT_EQ(import_text(text, daily).region.series[0].p_forecast[1], -15e3);
}

TEST(DssShunt, WritesWyeAndDeltaCapacitorsAsAdmittances) {
    const Region region = import_text(circuit + "new line.l bus1=source bus2=b\nnew capacitor.y bus1=b kv=0.4 kvar=30\n"
                                                "new capacitor.d bus1=b kv=0.4 kvar=30 conn=delta\n").region;

    EXPECT_NEAR(region.shunt.b[0][0][0], 30e3 / (400.0 * 400.0), 1e-15);
    EXPECT_EQ(region.shunt.b[0][0][1], 0.0);
    EXPECT_NEAR(region.shunt.b[1][0][1], -10e3 / (400.0 * 400.0), 1e-15);
    EXPECT_NEAR(region.shunt.b[1][0][0], 20e3 / (400.0 * 400.0), 1e-15);
}

TEST(DssShunt, ReactorsOfSequenceDataAreCoupled) {
    const Region region = import_text(circuit + "new line.l bus1=source bus2=b\n"
                                                "new reactor.between bus1=b bus2=c z1=[0.1 0.5] z0=[0.4 1.1]\n"
                                                "new reactor.earth bus1=c z1=[0 2] z0=[0 8]\n").region;

    EXPECT_NEAR(std::abs(impedance(region, "between", 0, 0) - std::complex(0.2, 0.7)), 0, 1e-12);
    EXPECT_NEAR(std::abs(impedance(region, "between", 0, 1) - std::complex(0.1, 0.2)), 0, 1e-12);
    // 1 / j8 of zero sequence, 1 / j2 of positive: (1/8 + 2/2) / 3 and (1/8 - 1/2) / 3.
    EXPECT_NEAR(region.shunt.b[0][1][1], -0.375, 1e-12);
    EXPECT_NEAR(region.shunt.b[0][1][2], 0.125, 1e-12);
}

TEST(DssShunt, ReactorsAndCapacitorsHaveMatrices) {
    const std::string end = "new line.l bus1=source bus2=b\nnew ";
    const std::string matrices = "reactor.m phases=2 bus1=b.1.3 bus2=c.1.3 rmatrix=[2 | 1 2] xmatrix=[4 | 0 4] ";
    const Region series = import_text(circuit + end + matrices).region;
    EXPECT_NEAR(std::abs(impedance(series, "m", 0, 0) - std::complex(2.0, 4.0)), 0, 1e-12);
    EXPECT_NEAR(std::abs(impedance(series, "m", 2, 0) - std::complex(1.0, 0.0)), 0, 1e-12);

    // Side by side the admittances add: inv([2 1; 1 2]) - j inv([4 0; 0 4]) = [2/3 -1/3; -1/3 2/3] - j [1/4 0; 0 1/4].
    const Region beside =
        import_text(circuit + end + "reactor.m phases=2 bus1=b.1.3 rmatrix=[2 | 1 2] xmatrix=[4 | 0 4] parallel=yes\n")
            .region;
    EXPECT_NEAR(beside.shunt.g[0][0][2], -1.0 / 3, 1e-12);
    EXPECT_NEAR(beside.shunt.b[0][2][2], -0.25, 1e-12);

    const Region capacitor = import_text(circuit + end + "capacitor.c phases=2 bus1=b.1.2 cmatrix=[5 | -1 5]\n").region;
    EXPECT_NEAR(capacitor.shunt.b[0][0][1], -1e-6 * 2 * std::numbers::pi * 50, 1e-12);

    EXPECT_NE(refusal(circuit + end + "reactor.m phases=2 bus1=b.1.3 rmatrix=[2 | 1 2]\n").find("rmatrix and xmatrix"),
              std::string::npos);
    EXPECT_NE(refusal(circuit + end + "reactor.m bus1=b z1=[0 1] z2=[0 2]\n").find("z2 differs from z1"),
              std::string::npos);
}

TEST(DssShunt, AResistanceBesideAReactorIsItsLoss) {
    const Region region = import_text(circuit + "new line.l bus1=source bus2=b\n"
                                                "new reactor.r phases=1 bus1=b.1 lmh=10 rp=50\n").region;
    EXPECT_NEAR(region.shunt.g[0][0][0], 1.0 / 50, 1e-12);
    EXPECT_NEAR(region.shunt.b[0][0][0], -1.0 / (0.01 * 2 * std::numbers::pi * 50), 1e-12);
}

// ---- scripts

TEST(DssScript, UnderstandsContinuationLikeBatchEditAndDottedProperties) {
    const Region region = import_text("/* new circuit.hidden\n*/\n// comment\n" + circuit +
        "New Line.a bus1=source\n~ bus2=b  ! more\nmore r1=1 x1=1 r0=1 x0=1 c1=0 c0=0\n"
        "new line.b like=a bus1=b bus2=c\n"
        "line.b.length=2 r1=3 r0=3\nbatchedit line..* normamps=77\nedit line.a enabled=y\n").region;

    EXPECT_NEAR(impedance(region, "a", 0, 0).real(), 1.0, 1e-15);
    EXPECT_NEAR(impedance(region, "b", 0, 0).real(), 6.0, 1e-15);
    EXPECT_EQ(region.branch.rating_current[1], 77.0);
    EXPECT_EQ(region.branch.rating_current[2], 77.0);
}

TEST(DssScript, PutsVariablesInTheirPlaces) {
    const Region region =
        import_text(
            "var @bus=source @kv=(400 1000 /) @r=0.4 @amps=77\nnew circuit.c basekv=@KV bus1=@bus\n"
            "var @far=b @amps=88\nnew line.l bus1=@bus.1 bus2=@far.1 phases=1 r1=(@r 10 *) x1=1 normamps=@amps\n")
            .region;

    EXPECT_EQ(region.branch.id[1], "l");
    EXPECT_EQ(region.branch.phases[1], phase::a);
    EXPECT_NEAR(impedance(region, "l", 0, 0).real(), 4.0, 1e-12);
    EXPECT_EQ(region.branch.rating_current[1], 88.0);
    EXPECT_NE(refusal(circuit + "new line.l bus1=source bus2=@b\n").find("there is no variable '@b'"),
              std::string::npos);
    EXPECT_NE(refusal(circuit + "var amps=7\n").find("var needs @name=value"), std::string::npos);
}

TEST(DssScript, LooksAtTheFirstLetterOfYesAndNo) {
    const Region region = import_text(circuit + "new line.a bus1=source bus2=b enabled=yep\n"
                                                "new line.b bus1=b bus2=c enabled=nay\n").region;

    EXPECT_EQ(region.branch.closed, (std::vector<std::uint8_t>{1, 1, 0}));
    EXPECT_NE(refusal(circuit + "new line.a bus1=source bus2=b enabled=maybe\n").find("yes or no"), std::string::npos);
}

TEST(DssScript, AStrayZeroByteIsABlank) {
    const std::string much(2000, ' ');
    const std::string line = circuit + "new line.l bus1=source bus2=b enabled=y";

    EXPECT_EQ(import_text(line + '\0' + "\n!" + much).region.branch_count(), 2u);
    EXPECT_NE(refusal(line + std::string(40, '\0') + "\n!" + much).find("is not a text file"), std::string::npos);
}

TEST(DssScript, ReportsWhatItLeavesOut) {
    const ImportReport report = import_text(circuit + "new line.l bus1=source bus2=b pctperm=20\nnew monitor.m line.l\n"
                                                      "new energymeter.e line.l 1\nsolve\nset "
                                                      "maxiterations=3\n").report;

    std::vector<std::string> skipped;
    for (const ImportCount& c : report.skipped()) skipped.push_back(c.what);
    EXPECT_EQ(skipped, (std::vector<std::string>{"monitor", "energymeter", "command solve", "option maxiterations",
                                                 "line.pctperm"}));
    EXPECT_EQ(report.skipped()[0].example, "master.dss:5");
}

TEST(DssScript, FindsFilesInAnyCaseAndOneLevelUp) {
    const TemporaryDirectory folder;
    write(folder / "top/case/Master.dss", circuit + "redirect ..\\Codes.DSS\nredirect sub\\LINES.txt\n");
    write(folder / "top/codes.dss", "new linecode.k nphases=3 units=km\n");
    write(folder / "top/case/Sub/lines.TXT", "new line.l bus1=source bus2=b linecode=k\n");

    EXPECT_EQ(import_opendss(folder / "top/case/Master.dss").region.branch_count(), 2u);
}

TEST(DssScript, StaysInsideTheDirectoryOfTheCase) {
    const TemporaryDirectory folder;
    write(folder / "secret.txt", "new line.l bus1=source bus2=b\n");
    fs::create_directories(folder / "top/case");
    fs::create_symlink(folder / "secret.txt", folder / "top/case/link.txt");
    for (const std::string name :
         {"../../secret.txt", "/etc/passwd", "C:\\x.txt", "link.txt", "../case/../../secret.txt"}) {
        write(folder / "top/case/m.dss", circuit + "redirect " + name + "\n");
        EXPECT_THROW(import_opendss(folder / "top/case/m.dss"), InputError) << name;
    }
}

TEST(DssScript, RefusesHostileText) {
    EXPECT_NE(refusal("redirect master.dss\n").find("redirects to itself"), std::string::npos);
    EXPECT_NE(refusal("redirect nothing.txt\n").find("master.dss:1: there is no file"), std::string::npos);
    EXPECT_NE(refusal(std::string("new circuit.c\0", 14)).find("is not a text file"), std::string::npos);
    EXPECT_NE(refusal(circuit + "new line.a bus1=source bus2=b length=1e999\n"), "");
    EXPECT_NE(refusal(circuit + "new line.a bus1=source bus2=b length=-1\n"), "");
    EXPECT_NE(refusal(circuit + "new line.a bus1=source bus2=b phases=1e9\n"), "");
    EXPECT_NE(refusal(circuit + "new linecode.k nphases=1000000\n"), "");
    EXPECT_NE(refusal(circuit + "frobnicate all\n").find("is no command"), std::string::npos);
    EXPECT_NE(refusal(circuit + "new fish.a\n").find("is no class"), std::string::npos);
    EXPECT_NE(refusal(circuit + "new autotrans.a\n").find("cannot hold this class"), std::string::npos);
    EXPECT_NE(refusal(circuit + "new load.a bus1=b kv=0.4 kw=" + std::string(100'000, '(') + "\n"), "");
    EXPECT_NE(refusal(circuit + "batchedit line.((((a*)*)*)*b normamps=" + std::string(50'000, '[') + "\n"), "");
    EXPECT_NE(refusal("\x7f\x45\x4c\x46\x02\x01 rubbish \xff\xfe"), "");
}

TEST(DssScript, BoundsTheDepthOfRedirects) {
    const TemporaryDirectory folder;
    for (int k = 0; k < 40; ++k)
        write(folder / ("case/f" + std::to_string(k) + ".dss"), "redirect f" + std::to_string(k + 1) + ".dss\n");

    EXPECT_THROW(import_opendss(folder / "case/f0.dss"), InputError);
}

TEST(DssScript, NeverCrashesOnMutatedText) {
    const std::string original = circuit +
        "new linecode.k nphases=3 units=km rmatrix=[1 | 0 1 | 0 0 1] xmatrix=[1 | 0 1 | 0 0 1] cmatrix=[0|0 0|0 0 0]\n"
        "new wiredata.w rac=0.3 runits=mi gmrac=0.02 gmrunits=ft diam=0.7 radunits=in\n"
        "new linegeometry.g nconds=2 nphases=1 reduce=y cond=1 wire=w x=0 h=30 units=ft cond=2 wire=w x=3 h=25\n"
        "new line.l1 bus1=source bus2=b linecode=k length=50 units=m\n"
        "new line.l2 phases=1 bus1=b.3 bus2=c.3 geometry=g length=1\n"
        "new transformer.t windings=3 buses=[b d.1.2.3.4 e] conns=(delta wye wye) kvs=\"0.4 0.2 0.1\" kvas=[50 "
        "50 50] %rs=[1 1 1]\n"
        "new xfmrcode.x phases=1 kvs=[0.23 0.12]\nnew transformer.u xfmrcode=x buses=(b.1 f.1)\n"
        "~ wdg=2 tap=(0.01 2 * 1 +)\n"
        "new loadshape.s npts=3 interval=1 mult=[1 2 3]\n"
        "new load.a phases=1 bus1=c.3 kv=0.23 kw=1 pf=0.9 daily=s model=8 "
        "zipv=[0.5 0 0.5 0 0 1 0.8]\nnew capacitor.q bus1=b kvar=10 kv=0.4\nnew reactor.r bus1=d.4 phases=1 r=1\n"
        "new generator.g bus1=d kv=0.2 kw=1\nnew pvsystem.p bus1=e kv=0.1 pmpp=3\nset voltagebases=[0.4 0.2]\n"
        "open line.l2\n"
        "batchedit load..* vminpu=0.8\nload.a.kw=2 daily=s\nsolve\n";
    ASSERT_EQ(refusal(original), "");
    OpenDssOptions options;
    options.series = OpenDssSeries::daily;
    const TemporaryDirectory folder;
    std::mt19937 random(20250101);
    const std::string alphabet = "0123456789.=-+[](){}\"'|,~!/*% \nabeklnrwxy\xff";
    int accepted = 0;
    for (int k = 0; k < 4000; ++k) {
        std::string text = original;
        for (auto n = 1 + random() % 5; n > 0; --n) {
            const std::size_t at = random() % text.size();
            switch (random() % 4) {
                case 0: text.erase(at, 1 + random() % 10); break;
                case 1: text.insert(at, text.substr(random() % text.size(), random() % 30)); break;
                default: text[at] = alphabet[random() % alphabet.size()];
            }
        }
        write(folder / "case/m.dss", text);
        try {
            import_opendss(folder / "case/m.dss", options);
            ++accepted;
        } catch (const InputError&) {
        } catch (const UsageError&) {  // a mutated interval may ask for too many steps
        }
    }
    EXPECT_GT(accepted, 100);
}

}  // namespace
}  // namespace headroom
