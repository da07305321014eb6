// `headroom flow` as a planning engineer meets it: OpenDSS text to a table of voltages, exit codes, files, streams.

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>

#include "io/case/case_file.hpp"
#include "io/result/state_file.hpp"
#include "tests/support/ac_regions.hpp"
#include "tests/support/program.hpp"
#include "tests/support/small_region.hpp"
#include "tests/support/temporary_directory.hpp"

namespace headroom::test {
namespace {

const std::string european = HEADROOM_SOURCE_DIR "/cases/european_lv/european_lv.h5";

std::string text_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> lines_of(const std::filesystem::path& path) {
    std::istringstream text(text_of(path));
    std::vector<std::string> lines;
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    return lines;
}

struct Flow : testing::Test {
    TemporaryDirectory directory;
    std::string result = (directory / "flow.h5").string(), table = (directory / "voltages.csv").string();

    std::string written(const Region& region) const {
        const std::string path = (directory / "case.h5").string();
        write_case(region, path);
        return path;
    }
    void expect_refused(std::vector<std::string> words, int exit_code, const std::string& part) const {
        words.insert(words.begin(), "flow");
        const Outcome outcome = run_headroom(words);
        EXPECT_EQ(outcome.exit_code, exit_code) << outcome.err;
        EXPECT_NE(outcome.err.find(part), std::string::npos) << part << "\n" << outcome.err;
        EXPECT_FALSE(std::filesystem::exists(result));
        EXPECT_FALSE(std::filesystem::exists(table));
    }
};

// 5 kW behind 0.5 ohm at 230 V: V = 115 + sqrt(115^2 - 2500), and phases b and c carry nothing.
TEST_F(Flow, FromOpenDssTextToATableOfVoltages) {
    std::ofstream(directory / "master.dss") << "clear\nset defaultbasefrequency=50\n"
                                               "new circuit.story basekv=0.398371685740842 bus1=source "
                                               "mvasc3=1e9 mvasc1=1e9\n"
                                               "new line.road bus1=source.1 bus2=house.1 phases=1 length=1 units=none "
                                               "r1=0.5 x1=1e-7 r0=0.5 x0=1e-7 c1=0 c0=0\n"
                                               "new load.home bus1=house.1 phases=1 kv=0.23 kw=5 pf=1 model=1\n"
                                               "set voltagebases=[0.398371685740842]\ncalcvoltagebases\nsolve\n";
    const std::string case_path = (directory / "case.h5").string();
    const Outcome import = run_headroom({"import", (directory / "master.dss").string(), "-o", case_path, "--quiet"});
    ASSERT_EQ(import.exit_code, 0) << import.err;

    const Outcome outcome = run_headroom({"flow", case_path, "--csv", table});

    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_NE(outcome.err.find("bus 'house' phase a"), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("voltages.csv: written"), std::string::npos) << outcome.err;
    const std::vector<std::string> lines = lines_of(table);
    ASSERT_FALSE(lines.empty());
    EXPECT_EQ(lines[0], "feeder,bus,phase,voltage_v,angle_deg,voltage_pu");
    const auto house = std::find_if(lines.begin(), lines.end(), [](const std::string& line) {
        return line.find(",house,a,") != std::string::npos;
    });
    ASSERT_NE(house, lines.end()) << text_of(table);
    const double voltage = std::stod(house->substr(house->find(",a,") + 3));
    EXPECT_NEAR(voltage, 115.0 + std::sqrt(115.0 * 115.0 - 2500.0), 1e-3) << *house;
}

TEST_F(Flow, SaysTheExtremesTheEnergyAndWhatIsPassed) {
    const Outcome outcome =
        run_headroom({"flow", european, "-o", result, "--csv", table, "--at", "2024-01-01T18:05:00Z"});

    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(outcome.out, "") << "standard output is for machines";
    for (const char* part : {"96 items (feeder and step): 96 solved, 0 diverged", "lowest voltage", "highest voltage",
                             "kWh out of the sources", "0 items with a voltage outside its band",
                             "power flows per second", "flow.h5: written"})
        EXPECT_NE(outcome.err.find(part), std::string::npos) << part << "\n" << outcome.err;
    const StateFile file = read_state(result);
    EXPECT_EQ(lines_of(table).size(), file.terminal_bus.size() + 1);
}

TEST_F(Flow, EachStepHasItsTableAndTheFirstIsTheDefault) {
    ASSERT_EQ(run_headroom({"flow", european, "--csv", table, "--quiet"}).exit_code, 0);
    const std::string first = text_of(table);
    ASSERT_EQ(run_headroom({"flow", european, "--csv", table, "--at", "2024-01-01", "--quiet"}).exit_code, 0);
    EXPECT_TRUE(text_of(table) == first);
    ASSERT_EQ(run_headroom({"flow", european, "--csv", table, "--at", "2024-01-01T18:14:59Z", "--quiet"}).exit_code, 0);
    EXPECT_FALSE(text_of(table) == first);
}

TEST_F(Flow, TheNumberOfThreadsDoesNotChangeAByte) {
    const std::string path = written(small_region(7));
    const auto bytes_with = [&](const char* threads) {
        const Outcome outcome = run_headroom({"flow", path, "-o", result, "--threads", threads, "--quiet"});
        EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
        return text_of(result);
    };
    const std::string one = bytes_with("1");
    EXPECT_TRUE(one == bytes_with("2"));
}

TEST_F(Flow, InfoTellsItAgainFromTheFile) {
    const Outcome outcome = run_headroom({"flow", european, "-o", result, "--json"});
    const Outcome info = run_headroom({"info", result}), json = run_headroom({"info", result, "--json"});

    EXPECT_EQ(info.exit_code, 0) << info.err;
    EXPECT_NE(info.out.find("power flows of case"), std::string::npos) << info.out;
    EXPECT_NE(info.out.find("lowest voltage"), std::string::npos) << info.out;
    EXPECT_EQ(json.out, outcome.out);
    EXPECT_EQ(nlohmann::json::parse(json.out).at("solved"), 96);
}

// Two ways of 0.5 ohm make 0.25: V (230 - V) / 0.25 = 5000.
TEST_F(Flow, AMeshIsSolvedHereAndByAllocate) {
    Region region = two_buses(-5000.0);
    const auto twice = [](auto& column) { column.push_back(column[0]); };
    BranchColumns& branch = region.branch;
    twice(branch.id), twice(branch.kind), twice(branch.from_bus), twice(branch.to_bus), twice(branch.phases);
    twice(branch.line_code), twice(branch.length), twice(branch.transformer), twice(branch.rating_current);
    twice(branch.rating_power), twice(branch.closed);
    branch.id[1] = "other way";
    region.feeder.branch_offset[1] = 2;
    const std::string path = written(region);

    const Outcome outcome = run_headroom({"flow", path, "-o", result, "--json", "--quiet"});

    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    const nlohmann::json lowest = nlohmann::json::parse(outcome.out).at("lowest_voltage");
    EXPECT_NEAR(lowest.at("value"), (115.0 + std::sqrt(115.0 * 115.0 - 1250.0)) / 230.0, 1e-9);
    EXPECT_EQ(lowest.at("bus"), "far");
    EXPECT_EQ(run_headroom({"allocate", path, "-o", (directory / "doe.h5").string(), "--quiet"}).exit_code, 0);
}

TEST_F(Flow, AnItemWithoutAnAnswerEndsWithFourAndSaysWhere) {
    const Outcome outcome = run_headroom({"flow", written(two_buses(-27000.0)), "-o", result, "--csv", table});

    EXPECT_EQ(outcome.exit_code, 4) << outcome.err;
    EXPECT_NE(outcome.err.find("1 item (feeder and step): 0 solved, 1 diverged"), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("no power flow found"), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("at bus 'far' phase a"), std::string::npos) << outcome.err;
    EXPECT_EQ(lines_of(table).back(), "feeder,far,c,,,");
    EXPECT_EQ(run_headroom({"info", result}).exit_code, 4);
}

TEST_F(Flow, AFeederWithAFaultEndsWithFourAndIsNamed) {
    Region region = small_region(2);
    region.branch.length[static_cast<std::size_t>(region.feeder.branch_offset[1]) + 1] = -3;

    const Outcome outcome = run_headroom({"flow", written(region), "-o", result});

    EXPECT_EQ(outcome.exit_code, 4) << outcome.err;
    EXPECT_NE(outcome.err.find("1 feeder with a fault"), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("without supply and left out: 1 passive customer\n"), std::string::npos) << outcome.err;
}

TEST_F(Flow, ADryRunSaysWhatWouldBeDoneAndWritesNothing) {
    const Outcome outcome = run_headroom({"flow", european, "-o", result, "--csv", table, "--dry-run"});

    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_NE(outcome.out.find("96 power flows on"), std::string::npos) << outcome.out;
    EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
}

TEST_F(Flow, AWindowOfLoadsDecidesNumbersAndIsRemembered) {
    const std::string path = written(two_buses(-5000.0));  // 218.6 V: 0.951 p.u.
    const auto drawn = [&](std::vector<std::string> options) -> double {
        std::vector<std::string> words{"flow", path, "-o", result, "--json", "--quiet"};
        words.insert(words.end(), options.begin(), options.end());
        return nlohmann::json::parse(run_headroom(words).out).at("drawn_kwh");
    };
    const double everywhere = drawn({}), wide = drawn({"--load-window", "0.9:1.1"});
    EXPECT_EQ(wide, everywhere);
    EXPECT_LT(drawn({"--load-window", "0.98:1.1"}), everywhere);
    EXPECT_NE(run_headroom({"info", result}).out.find("--load-window 0.98:1.1"), std::string::npos);
}

TEST_F(Flow, WithoutAnOutputItSaysTheSame) {
    const Outcome with = run_headroom({"flow", european, "-o", result, "--json", "--quiet"}),
                  without = run_headroom({"flow", european, "--json", "--quiet"});
    EXPECT_EQ(without.exit_code, 0) << without.err;
    EXPECT_EQ(without.out, with.out);
    EXPECT_EQ(without.err, "");
}

TEST_F(Flow, OptionsThatMakeNoSenseAreRefused) {
    const std::string path = written(small_region(1)), other = (directory / "other.h5").string();
    std::filesystem::copy_file(path, other);
    expect_refused({path, "--at", "2024-01-01"}, 2, "--at goes with --csv");
    expect_refused({path, "--csv", table, "--at", "yesterday"}, 2, "--at");
    expect_refused({path, "--csv", table, "--at", "1999-01-01"}, 3, "holds 1999-01-01T00:00:00Z");
    for (const char* window : {"0.95", "1.05:0.95", "0.4:1.05", "0.95:nan", "0.95:1.05:2", ":", "0.95:11"})
        expect_refused({path, "--load-window", window}, 2, "is no window MIN:MAX");
    expect_refused({path, "-o", path}, 2, "case.h5");
    expect_refused({path, "--csv", path}, 2, "case.h5");
    expect_refused({path, "--csv", other}, 2, "is an HDF5 file");
    expect_refused({path, "-o", result, "--csv", result}, 2, "are both");
    expect_refused({path, "-o", (directory / "run/").string()}, 2, "flow writes one file");
    expect_refused({path, "--csv", directory.path().string()}, 2, "is a folder");
    expect_refused({path, "-o", (directory / "no" / "flow.h5").string()}, 5, "no");
    expect_refused({path, "--csv", (directory / "no" / "voltages.csv").string()}, 5, "no");
    expect_refused({path, "--series", "never"}, 3, "never");
    expect_refused({path, "--threads", "-1"}, 2, "--threads");
    expect_refused({(directory / "none.h5").string()}, 3, "none.h5");
    expect_refused({path, "--tabel", table}, 2, "'--tabel' was not expected");
}

}  // namespace
}  // namespace headroom::test
