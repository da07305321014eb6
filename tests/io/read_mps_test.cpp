#include "io/mps/read_mps.hpp"

#include <zlib.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <random>

#include <gtest/gtest.h>

#include "io/errors.hpp"
#include "io/import/csv/csv_table.hpp"
#include "tests/support/temporary_directory.hpp"

namespace headroom {
namespace {

namespace fs = std::filesystem;
using test::TemporaryDirectory;
using Numbers = std::vector<double>;
using Indices = std::vector<std::int32_t>;

constexpr double infinity = std::numeric_limits<double>::infinity();
const fs::path data = HEADROOM_SHARED_DATA;

void write(const fs::path& file, std::string_view text) { std::ofstream(file, std::ios::binary) << text; }

void write_gzip(const fs::path& file, std::string_view text) {
    gzFile stream = gzopen(file.c_str(), "wb");
    gzwrite(stream, text.data(), static_cast<unsigned>(text.size()));
    gzclose(stream);
}

MpsProblem read_text(const std::string& text) {
    const TemporaryDirectory folder;
    write(folder / "t.mps", text);
    return read_mps(folder / "t.mps");
}

std::string refusal_of_file(const fs::path& file, std::size_t bytes_max = mps_bytes_max) {
    try {
        read_mps(file, bytes_max);
        return "";
    } catch (const InputError& error) {
        return error.what();
    }
}

/// What read_mps says when it refuses a text; "" when it does not.
std::string refusal(const std::string& text) {
    const TemporaryDirectory folder;
    write(folder / "t.mps", text);
    return refusal_of_file(folder / "t.mps");
}

/// minimise x + 2 y   s.t.   r: x + 3 y = 0, with whatever follows the columns.
std::string two_columns(const std::string& sections) {
    return "NAME t\nROWS\n N cost\n E r\nCOLUMNS\n x cost 1 r 1\n y cost 2 r 3\n" + sections + "ENDATA\n";
}

/// {lower, upper} of the only row, of this type, with these lines of RHS and RANGES.
Numbers row_sides(const std::string& type, const std::string& rhs, const std::string& range) {
    std::string text = "ROWS\n N cost\n " + type + " r\nCOLUMNS\n x cost 1 r 1\n";
    if (!rhs.empty()) text += "RHS\n RHS r " + rhs + "\n";
    if (!range.empty()) text += "RANGES\n RNG r " + range + "\n";
    const ConvexValues values = read_text(text + "ENDATA\n").problem.values;
    return {values.row_lower[0], values.row_upper[0]};
}

/// {lower, upper} of x after these lines of BOUNDS.
Numbers bounds(const std::string& lines) {
    const ConvexValues values = read_text(two_columns("BOUNDS\n" + lines)).problem.values;
    return {values.lower[0], values.upper[0]};
}

TEST(ReadMps, ReadsNamesWithBlanksInFixedFormat) {
    const MpsProblem read = read_text(
        "* Names of eight columns, with blanks; a comment, and a blank line\n"
        "\n"
        "NAME          A PROBLEM\n"
        "ROWS\n"
        " N  THE COST\n"
        " L  ROW 1\n"
        "  G 2 ROW\n"
        "COLUMNS\n"
        "    COL 1     THE COST          1.5    ROW 1              2.\n"
        "    COL 1     2 ROW             -3.\n"
        "    COL 2     2 ROW          1.0E+1    ROW 1             .25\n"
        "RHS\n"
        "    MY RHS    ROW 1              4.    2 ROW            -5.0\n"
        "              \n"
        "BOUNDS\n"
        " UP MY BND    COL 2              7.\n"
        " FR MY BND    COL 1\n"
        "ENDATA\n");

    EXPECT_EQ(read.name, "A PROBLEM");
    EXPECT_EQ(read.column_name, (std::vector<std::string>{"COL 1", "COL 2"}));
    EXPECT_EQ(read.row_name, (std::vector<std::string>{"ROW 1", "2 ROW"}));
    const auto& [structure, values] = read.problem;
    EXPECT_EQ(structure.rows.start, (Indices{0, 2, 4}));
    EXPECT_EQ(structure.rows.column, (Indices{0, 1, 0, 1}));
    EXPECT_EQ(values.row_value, (Numbers{2, 0.25, -3, 10}));
    EXPECT_EQ(values.linear, (Numbers{1.5, 0}));
    EXPECT_EQ(values.row_lower, (Numbers{-infinity, -5}));
    EXPECT_EQ(values.row_upper, (Numbers{4, infinity}));
    EXPECT_EQ(values.lower, (Numbers{-infinity, 0}));
    EXPECT_EQ(values.upper, (Numbers{infinity, 7}));
    EXPECT_EQ(structure.row_sides, (std::vector<Sides>{Sides::upper, Sides::lower}));
    EXPECT_EQ(structure.sides, (std::vector<Sides>{Sides::none, Sides::both}));
    EXPECT_EQ(read.problem.fault(), "");
}

TEST(ReadMps, ReadsFreeFormatWithAnyBlanksLineEndsAndMissingSetNames) {
    const MpsProblem read = read_text(
        "NAME free\r\n"
        "ROWS\r\n N\tthe_cost_of_everything\r\n E a_row_with_a_long_name\r\n"
        "COLUMNS\r\n"
        "\tx the_cost_of_everything 1 a_row_with_a_long_name 2e0\r\n"
        " a_column_with_a_long_name a_row_with_a_long_name -1.5D+1\r\n"
        "RHS\r\n a_row_with_a_long_name 6 the_cost_of_everything -2.5\r\n"
        "BOUNDS\r\n MI x\r\n UP x +4\r\n FX a_column_with_a_long_name 3\r\n"
        "ENDATA\r\nwhatever follows\r\n");

    EXPECT_EQ(read.column_name, (std::vector<std::string>{"x", "a_column_with_a_long_name"}));
    EXPECT_EQ(read.problem.values.row_value, (Numbers{2, -15}));
    EXPECT_EQ(read.problem.values.row_lower, Numbers{6});
    EXPECT_EQ(read.problem.values.row_upper, Numbers{6});
    EXPECT_EQ(read.problem.structure.equation, std::vector<char>{1});
    EXPECT_EQ(read.problem.values.lower, (Numbers{-infinity, 3}));
    EXPECT_EQ(read.problem.values.upper, (Numbers{4, 3}));
    EXPECT_EQ(read.objective_offset, 2.5);
}

TEST(ReadMps, TakesTheConstantOfTheObjectiveFromItsRightHandSideWithAMinus) {
    const MpsProblem least = read_text(two_columns("RHS\n RHS cost -7\n"));
    EXPECT_EQ(least.objective_offset, 7);
    EXPECT_EQ(least.file_objective(10), 17);

    EXPECT_EQ(read_text(two_columns("")).objective_offset, 0);
}

TEST(ReadMps, NegatesAnObjectiveThatIsMaximised) {
    const std::string quadratic = "RHS\n RHS cost -7\nQUADOBJ\n x x -2\n";
    for (const char* sense : {"OBJSENSE\n    MAX\n", "OBJSENSE MAX\n", "OBJSENSE\n maximise\n"}) {
        const MpsProblem read = read_text(sense + two_columns(quadratic));
        EXPECT_TRUE(read.maximised) << sense;
        EXPECT_EQ(read.problem.values.linear, (Numbers{-1, -2}));
        EXPECT_EQ(read.problem.values.quadratic, Numbers{2});
        // The file maximises x + 2 y - x^2 + 7; at x = 1, y = 0 that is 7, and -x - 2 y + x^2 is 0.
        EXPECT_EQ(read.file_objective(0), 7);
        EXPECT_EQ(read.file_objective(3), 4);
    }
    EXPECT_FALSE(read_text("OBJSENSE\n MIN\n" + two_columns(quadratic)).maximised);
}

TEST(ReadMps, IgnoresRowsOfTypeNBehindTheObjective) {
    const MpsProblem read = read_text(
        "ROWS\n L first\n N cost\n N watched\n G last\n"
        "COLUMNS\n x first 1 watched 5\n x cost 2 last 3\n"
        "RHS\n RHS watched 9 last 4\nRANGES\n RNG watched 1\nENDATA\n");

    EXPECT_EQ(read.row_name, (std::vector<std::string>{"first", "last"}));
    EXPECT_EQ(read.problem.values.linear, Numbers{2});
    EXPECT_EQ(read.problem.values.row_value, (Numbers{1, 3}));
    EXPECT_EQ(read.problem.values.row_lower, (Numbers{-infinity, 4}));
    EXPECT_EQ(read.objective_offset, 0);
}

TEST(ReadMps, LeavesOutEntriesOfZero) {
    const MpsProblem read =
        read_text("ROWS\n N c\n E r\n E s\nCOLUMNS\n x r 0 s 1\n y r 2 s 0\nQUADOBJ\n x x 0\n x y 0\nENDATA\n");

    EXPECT_EQ(read.problem.structure.rows.start, (Indices{0, 1, 2}));
    EXPECT_EQ(read.problem.structure.rows.column, (Indices{1, 0}));
    EXPECT_EQ(read.problem.structure.quadratic, SparsePattern{});
}

TEST(ReadMps, NeedsNeitherObjectiveNorRightHandSide) {
    const MpsProblem read = read_text("ROWS\n G r\nCOLUMNS\n x r 1\nENDATA\n");

    EXPECT_EQ(read.name, "");
    EXPECT_EQ(read.problem.values.linear, Numbers{0});
    EXPECT_EQ(read.problem.values.row_lower, Numbers{0});
    EXPECT_EQ(read.problem.values.lower, Numbers{0});
    EXPECT_EQ(read.problem.values.upper, Numbers{infinity});
}

TEST(MpsRanges, PutTheOtherSideBesideTheRightHandSide) {
    EXPECT_EQ(row_sides("E", "5", "2"), (Numbers{5, 7}));
    EXPECT_EQ(row_sides("E", "5", "-2"), (Numbers{3, 5}));
    EXPECT_EQ(row_sides("E", "5", "0"), (Numbers{5, 5}));
    EXPECT_EQ(row_sides("L", "5", "2"), (Numbers{3, 5}));
    EXPECT_EQ(row_sides("L", "5", "-2"), (Numbers{3, 5}));
    EXPECT_EQ(row_sides("G", "5", "2"), (Numbers{5, 7}));
    EXPECT_EQ(row_sides("G", "5", "-2"), (Numbers{5, 7}));
    EXPECT_EQ(row_sides("G", "", "2"), (Numbers{0, 2}));
    EXPECT_EQ(row_sides("L", "5", "1e30"), (Numbers{-infinity, 5}));
}

TEST(MpsRows, WithoutRangesHaveTheSideOfTheirType) {
    EXPECT_EQ(row_sides("E", "5", ""), (Numbers{5, 5}));
    EXPECT_EQ(row_sides("L", "5", ""), (Numbers{-infinity, 5}));
    EXPECT_EQ(row_sides("G", "5", ""), (Numbers{5, infinity}));
    EXPECT_EQ(row_sides("L", "1e20", ""), (Numbers{-infinity, infinity}));
    EXPECT_EQ(row_sides("L", "9.9e19", ""), (Numbers{-infinity, 9.9e19}));
    EXPECT_EQ(row_sides("G", "-Inf", ""), (Numbers{-infinity, infinity}));
}

TEST(MpsBounds, SetTheSidesOfTheirType) {
    EXPECT_EQ(bounds(""), (Numbers{0, infinity}));
    EXPECT_EQ(bounds(" UP BND x 4\n"), (Numbers{0, 4}));
    EXPECT_EQ(bounds(" LO BND x -4\n"), (Numbers{-4, infinity}));
    EXPECT_EQ(bounds(" FX BND x 4\n"), (Numbers{4, 4}));
    EXPECT_EQ(bounds(" FR BND x\n"), (Numbers{-infinity, infinity}));
    EXPECT_EQ(bounds(" MI BND x\n"), (Numbers{-infinity, infinity}));
    EXPECT_EQ(bounds(" PL BND x\n"), (Numbers{0, infinity}));
    EXPECT_EQ(bounds(" LO BND x 1\n UP BND x 2\n"), (Numbers{1, 2}));
    EXPECT_EQ(bounds(" FR BND x 17\n"), (Numbers{-infinity, infinity}));
    EXPECT_EQ(bounds(" LO BND x -1e30\n UP BND x 1e20\n"), (Numbers{-infinity, infinity}));
    EXPECT_EQ(bounds(" UP BND x inf\n"), (Numbers{0, infinity}));
}

TEST(MpsBounds, ANegativeUpperOneAloneFreesTheLowerOne) {
    EXPECT_EQ(bounds(" UP BND x -4\n"), (Numbers{-infinity, -4}));
    EXPECT_EQ(bounds(" UP BND x 0\n"), (Numbers{0, 0}));
    EXPECT_EQ(bounds(" LO BND x -9\n UP BND x -4\n"), (Numbers{-9, -4}));
    EXPECT_EQ(bounds(" UP BND x -4\n LO BND x -9\n"), (Numbers{-9, -4}));
    // A lower bound of zero that the file states stays: the problem is infeasible, not wrong.
    EXPECT_EQ(bounds(" LO BND x 0\n UP BND x -4\n"), (Numbers{0, -4}));
}

TEST(MpsSets, OfSeveralInASectionTheFirstCounts) {
    EXPECT_EQ(bounds(" UP A x 4\n UP B x 5\n LO B x -1\n UP A y 6\n"), (Numbers{0, 4}));
    const MpsProblem read = read_text(two_columns("RHS\n A r 1\n B r 2\n B cost 3\n"));
    EXPECT_EQ(read.problem.values.row_upper, (Numbers{1}));
    EXPECT_EQ(read.objective_offset, 0);
}

TEST(MpsQuadratic, OneTriangleOrAllOfItMeansTheSame) {
    // 1/2 (4 x^2 + 2 (-1) x y + 6 y^2)
    for (const char* section : {"QUADOBJ\n x x 4\n x y -1\n y y 6\n", "QUADOBJ\n x x 4\n y x -1\n y y 6\n",
                                "QUADOBJ\n x x 4 y -1\n y y 6\n", "QSECTION cost\n y y 6\n y x -1\n x x 4\n",
                                "QSECTION\n y y 6\n y x -1\n x x 4\n", "QMATRIX\n x x 4\n x y -1\n y x -1\n y y 6\n"}) {
        const MpsProblem read = read_text(two_columns(section));
        EXPECT_EQ(read.problem.structure.quadratic.start, (Indices{0, 2, 3})) << section;
        EXPECT_EQ(read.problem.structure.quadratic.column, (Indices{0, 1, 1}));
        EXPECT_EQ(read.problem.values.quadratic, (Numbers{4, -1, 6}));
        EXPECT_EQ(read.problem.fault(), "");
    }
}

TEST(MpsQuadratic, RefusesTrianglesThatContradict) {
    EXPECT_EQ(refusal(two_columns("QUADOBJ\n x y 1\n y x 1\n")),
              "t.mps:10: the quadratic entry of 'x' and 'y' stands twice; each pair has one");
    EXPECT_EQ(refusal(two_columns("QMATRIX\n x x 1\n x y 1\n")),
              "t.mps:10: the quadratic entry of 'x' and 'y' lacks its partner across the diagonal");
    EXPECT_EQ(refusal(two_columns("QMATRIX\n x y 1\n y x 2\n")),
              "t.mps:10: the quadratic entry of 'x' and 'y' differs from its partner across the diagonal");
    EXPECT_EQ(refusal(two_columns("QMATRIX\n x y 1\n x y 1\n")),
              "t.mps:10: the quadratic entry of 'x' and 'y' stands twice");
    EXPECT_EQ(refusal(two_columns("QMATRIX\n x x 1\n x x 1\n")),
              "t.mps:10: the quadratic entry of 'x' and 'x' stands twice; each pair has one");
    EXPECT_EQ(refusal(two_columns("QSECTION r\n")), "t.mps:8: 'r' is not the objective: only it may be quadratic");
}

TEST(MpsFault, NamesFileLineAndRule) {
    struct Case {
        std::string text, message;
    };
    const std::vector<Case> cases = {
        {"", "t.mps:0: the file ends without ENDATA"},
        {"NAME t\nROWS\n N c\n", "t.mps:3: the file ends without ENDATA"},
        {"COLUMNS\n x c 1\nENDATA\n", "t.mps:1: section COLUMNS needs ROWS before it"},
        {"ROWS\n N c\nENDATA\n", "t.mps:3: section ENDATA needs COLUMNS before it"},
        {"ROWS\n N c\nRHS\n", "t.mps:3: section RHS needs COLUMNS before it"},
        {"ROWS\n N c\nROWS\n", "t.mps:3: section ROWS stands twice"},
        {"ROWS\n N c\nSOS1\n", "t.mps:3: section 'SOS1' is not known (data lines begin with a blank)"},
        {"ROWS now\n", "t.mps:1: 'now' follows the name of the section ROWS"},
        {" N c\n", "t.mps:1: data stand before the first section"},
        {"NAME\n N c\n", "t.mps:2: data stand before the first section"},
        {"ROWS\n N c\n X r\n", "t.mps:3: row type 'X', must be N, E, L or G"},
        {"ROWS\n N c\n E c\n", "t.mps:3: row 'c' stands twice"},
        {"ROWS\n N c\n E\n", "t.mps:3: 1 field: a type and a name are needed"},
        {"ROWS\n N c\nCOLUMNS\n x r 1\n", "t.mps:4: row 'r' is not known"},
        {"ROWS\n N c\nCOLUMNS\n x c 1\n y c 1\n x c 2\n",
         "t.mps:6: column 'x' stands twice: its lines must follow each other"},
        {"ROWS\n E r\nCOLUMNS\n x r 1\n x r 0\n", "t.mps:5: column 'x' has two entries in row 'r'"},
        {"ROWS\n N c\nCOLUMNS\n x c 1 c 1\n", "t.mps:4: column 'x' has two entries in row 'c'"},
        {"ROWS\n N c\nCOLUMNS\n x c\n",
         "t.mps:4: 2 fields: a name, then one or two pairs of a name and a number are needed"},
        {"ROWS\n N c\nCOLUMNS\n x c 1 c 1 c 1\n", "t.mps:4: more than 6 fields"},
        {"ROWS\n N c\nCOLUMNS\n x c 1e999\n", "t.mps:4: '1e999' is not a finite number"},
        {"ROWS\n N c\nCOLUMNS\n x c inf\n", "t.mps:4: 'inf' is not a finite number"},
        {"ROWS\n N c\nCOLUMNS\n x c 1.5x\n", "t.mps:4: '1.5x' is not a finite number"},
        {"ROWS\n N c\nCOLUMNS\n MARKER 'MARKER' 'INTORG'\n", "t.mps:4: integer variables are not supported"},
        {"ROWS\n N  c\nCOLUMNS\n    MARKER                 'MARKER'                 'INTORG'\n",
         "t.mps:4: integer variables are not supported"},
        {two_columns("RHS\n RHS r nan\n"), "t.mps:9: 'nan' is not a number, or too large for one"},
        {two_columns("RHS\n RHS r 1\n RHS r 2\n"), "t.mps:10: row 'r' has two right-hand sides"},
        {two_columns("RHS\n RHS cost 1 cost 2\n"), "t.mps:9: row 'cost' has two right-hand sides"},
        {two_columns("RHS\n RHS r 1e30\n"), "t.mps:4: row 'r' has a right-hand side that no number meets"},
        {two_columns("RANGES\n RNG cost 1\n"), "t.mps:9: the objective 'cost' takes no range"},
        {two_columns("RANGES\n RNG r 1\n RNG r 1\n"), "t.mps:10: row 'r' has two ranges"},
        {two_columns("BOUNDS\n UP BND z 1\n"), "t.mps:9: column 'z' is not known"},
        {two_columns("BOUNDS\n UP BND x 1\n UP BND x 2\n"), "t.mps:10: column 'x' has two upper bounds"},
        {two_columns("BOUNDS\n MI BND x\n FX BND x 2\n"), "t.mps:10: column 'x' has two lower bounds"},
        {two_columns("BOUNDS\n LO BND x 1e30\n"), "t.mps:9: column 'x' has a bound that no number meets"},
        {two_columns("BOUNDS\n UP BND x -1e30\n"), "t.mps:9: column 'x' has a bound that no number meets"},
        {two_columns("BOUNDS\n BV BND x\n"), "t.mps:9: integer variables are not supported"},
        {two_columns("BOUNDS\n UI BND x 3\n"), "t.mps:9: integer variables are not supported"},
        {two_columns("BOUNDS\n SC BND x 3\n"), "t.mps:9: bound type 'SC', must be UP, LO, FX, FR, MI or PL"},
        {two_columns("BOUNDS\n UP x\n"), "t.mps:9: 2 fields: a type, a set, a column and its bound are needed"},
        {two_columns("QUADOBJ\n x z 1\n"), "t.mps:9: column 'z' is not known"},
        {two_columns("QUADOBJ\nQMATRIX\n"), "t.mps:9: there are two sections of quadratic entries"},
        {"OBJSENSE\n up\n", "t.mps:2: OBJSENSE is 'up', must be MIN or MAX"},
        {"OBJSENSE MAX\n MIN\n", "t.mps:2: OBJSENSE has more than one value"},
        {std::string("ROWS\n N c\0\n", 11), "t.mps:2: a control character: this is not a text file"},
        {"ROWS\n N " + std::string(1000, 'a') + "\n E " + std::string(1000, 'a') + "\n",
         "t.mps:3: row '" + std::string(40, 'a') + "...' stands twice"},
    };
    for (const Case& wrong : cases) EXPECT_EQ(refusal(wrong.text), wrong.message) << wrong.text;
}

TEST(MpsFault, InFixedFormatIsNotTakenForFreeFormat) {
    const std::string text =
        "ROWS\n N  THE COST\nCOLUMNS\n    COL 1     THE COST         1e999\n    COL 1     ROW 1              2.\n";
    EXPECT_EQ(refusal(text), "t.mps:4: '1e999' is not a finite number");
}

TEST(MpsFile, IsReadCompressedOrNot) {
    const TemporaryDirectory folder;
    const std::string text = two_columns("RHS\n RHS r 4\n");
    write(folder / "plain.mps.gz", text);  // the content tells, not the name
    write_gzip(folder / "packed.mps", text);

    EXPECT_EQ(read_mps(folder / "plain.mps.gz").problem.values.row_lower, Numbers{4});
    EXPECT_EQ(read_mps(folder / "packed.mps").problem.values.row_lower, Numbers{4});
}

TEST(MpsFile, IsRefusedWhereItIsNoneOrDamaged) {
    const TemporaryDirectory folder;
    EXPECT_EQ(refusal_of_file(folder / "none.mps"), "none.mps: is not a file");
    EXPECT_EQ(refusal_of_file("/dev/zero"), "zero: is not a file");
    EXPECT_NE(refusal_of_file(folder.path()), "");

    const std::string text = two_columns("");
    write_gzip(folder / "t.gz", text);
    const auto size = fs::file_size(folder / "t.gz");
    for (std::uintmax_t kept = 3; kept < size; ++kept) {
        write_gzip(folder / "t.gz", text);
        fs::resize_file(folder / "t.gz", kept);
        EXPECT_NE(refusal_of_file(folder / "t.gz"), "") << kept << " of " << size << " bytes";
    }
    write(folder / "t.gz", "\x1f\x8b\x08garbage that is no compressed stream at all");
    EXPECT_NE(refusal_of_file(folder / "t.gz").find("t.gz: the gzip data"), std::string::npos);
}

TEST(MpsFile, IsRefusedWhereItUnpacksToTooMuch) {
    const TemporaryDirectory folder;
    const std::string text = two_columns("");
    std::string blank_lines;
    blank_lines.resize(10'000'000, '\n');
    write_gzip(folder / "bomb.gz", text + blank_lines);

    EXPECT_LT(fs::file_size(folder / "bomb.gz"), 20'000u);
    EXPECT_EQ(refusal_of_file(folder / "bomb.gz", 1'000'000), "bomb.gz: is longer than 1000000 bytes of text");
    EXPECT_EQ(refusal_of_file(folder / "bomb.gz", text.size() + blank_lines.size()), "");
    EXPECT_NE(refusal_of_file(folder / "bomb.gz", text.size() + blank_lines.size() - 1), "");
}

TEST(MpsFile, CutAnywhereIsRefused) {
    const std::string text = two_columns("RHS\n RHS r 4\nBOUNDS\n UP BND x 4\nQUADOBJ\n x x 4\n");
    for (std::size_t kept = 0; kept + 1 < text.size(); ++kept) EXPECT_NE(refusal(text.substr(0, kept)), "") << kept;
}

TEST(MpsFile, WithRandomDamageIsReadOrRefusedNeverWorse) {
    const TemporaryDirectory folder;
    const std::string whole = two_columns("RHS\n RHS r 4\nRANGES\n RNG r 2\nBOUNDS\n UP BND x 4\nQMATRIX\n x x 4\n");
    std::mt19937 random(7);
    int refused = 0;
    for (int k = 0; k < 3000; ++k) {
        std::string text = whole;
        for (int damage = 0; damage < 3; ++damage) {
            const std::size_t at = random() % text.size();
            if (random() % 2 == 0)
                text[at] = " \n\t*Ee-+.0129xyr\xff\x01"[random() % 19];
            else
                text.erase(at, random() % 8);
        }
        write(folder / "t.mps", text);
        try {
            EXPECT_EQ(read_mps(folder / "t.mps").problem.fault(), "") << text;
        } catch (const InputError& error) {
            EXPECT_TRUE(std::string(error.what()).starts_with("t.mps:")) << error.what();
            ++refused;
        }
    }
    EXPECT_GT(refused, 1000);
}

#define SKIP_WITHOUT(folder) \
    if (!fs::exists(data / (folder))) GTEST_SKIP() << "no " << (folder) << " in " << data

std::string lower_case_stem(const fs::path& file) {
    std::string name = file.filename().string();
    name.resize(name.find('.'));
    for (char& c : name) c = static_cast<char>(std::tolower(c));
    return name;
}

/// Reads every problem of a folder, which must hold all that `table` calls present, and compares it with its line.
template <class Compare> void compare_with_table(const fs::path& folder, Compare&& compare) {
    const csv::Table table(folder / "optimal_values.csv");
    std::map<std::string, std::size_t> line_of;
    for (std::size_t row = 0; row < table.row_count(); ++row)
        line_of[std::string(table.cell(row, *table.column("problem")))] = row;
    std::size_t read = 0;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
        const std::string ending = entry.path().extension().string();
        if (ending != ".gz" && ending != ".QPS") continue;
        const auto line = line_of.find(lower_case_stem(entry.path()));
        ASSERT_NE(line, line_of.end()) << entry.path();
        const MpsProblem problem = read_mps(entry.path());
        EXPECT_EQ(problem.problem.fault(), "") << entry.path();
        EXPECT_FALSE(problem.maximised);
        compare(problem, [&](std::string_view column) {
            return std::stoi(std::string(table.cell(line->second, *table.column(column))));
        });
        ++read;
    }
    EXPECT_EQ(read, table.row_count());
}

TEST(MpsData, NetlibHasThePublishedDimensions) {
    SKIP_WITHOUT("solver-lp-netlib");
    compare_with_table(data / "solver-lp-netlib", [](const MpsProblem& read, auto&& published) {
        const ConvexStructure& structure = read.problem.structure;
        EXPECT_EQ(structure.row_count() + 1, published("rows_incl_objective")) << read.name;
        EXPECT_EQ(structure.variable_count, published("cols")) << read.name;
        EXPECT_EQ(structure.quadratic.row_count(), 0);
    });
}

TEST(MpsData, MarosAndMeszarosHaveThePublishedDimensions) {
    SKIP_WITHOUT("solver-qp-marosmeszaros");
    compare_with_table(data / "solver-qp-marosmeszaros", [](const MpsProblem& read, auto&& published) {
        const ConvexStructure& structure = read.problem.structure;
        EXPECT_EQ(structure.row_count(), published("m")) << read.name;
        EXPECT_EQ(structure.variable_count, published("n"));
        EXPECT_EQ(structure.rows.entry_count(), published("nnz_A"));
        int diagonal = 0;
        for (int i = 0; i < structure.quadratic.row_count(); ++i)
            for (int e = structure.quadratic.start[i]; e < structure.quadratic.start[i + 1]; ++e)
                diagonal += structure.quadratic.column[e] == i ? 1 : 0;
        EXPECT_EQ(diagonal, published("n_quadratic"));
        EXPECT_EQ(structure.quadratic.entry_count() - diagonal, published("nnz_Q_offdiag"));
    });
}

TEST(MpsData, InfeasibleProblemsHaveTheirDimensions) {
    SKIP_WITHOUT("solver-lp-infeasible");
    struct Dimensions {
        std::string name;
        int rows, columns, entries;
    };
    // Counted with awk, which shares no code with the reader.
    for (const auto& [name, rows, columns, entries] : std::vector<Dimensions>{{"bgprtr", 20, 34, 64},
                                                                              {"ex72a", 197, 215, 467},
                                                                              {"galenet", 8, 8, 16},
                                                                              {"itest2", 9, 4, 17},
                                                                              {"itest6", 11, 8, 20},
                                                                              {"klein1", 54, 54, 696},
                                                                              {"woodinfe", 35, 89, 140}}) {
        const fs::path file = data / "solver-lp-infeasible" / (name + ".mps");
        if (!fs::exists(file)) continue;
        const ConvexProblem problem = read_mps(file).problem;
        EXPECT_EQ(problem.structure.row_count(), rows) << name;
        EXPECT_EQ(problem.structure.variable_count, columns) << name;
        EXPECT_EQ(problem.structure.rows.entry_count(), entries) << name;
        EXPECT_EQ(problem.fault(), "");
    }
}

}  // namespace
}  // namespace headroom
