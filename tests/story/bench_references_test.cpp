// bench_power_flow --references on answers of power-grid-model that lack something: each is told by its name, the
// others are compared all the same.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "tests/support/program.hpp"
#include "tests/support/temporary_directory.hpp"

namespace headroom {
namespace {

namespace fs = std::filesystem;

std::string dataset(const std::string& type, const std::string& data, bool is_batch = false) {
    return fmt::format(R"({{"version": "1.0", "type": "{}", "is_batch": {}, "attributes": {{}}, "data": {}}})", type,
                       is_batch, data);
}

/// 10 kV from a stiff source over 1 ohm to a load of 2.5 MW of constant impedance: 10 kV * 40 / 41.
constexpr const char* network = R"({
    "node": [{"id": 1, "u_rated": 10e3}, {"id": 2, "u_rated": 10e3}],
    "line": [{"id": 3, "from_node": 1, "to_node": 2, "from_status": 1, "to_status": 1, "r1": 1.0, "x1": 0.0, "c1": 0.0,
              "tan1": 0.0}],
    "source": [{"id": 4, "node": 1, "status": 1, "u_ref": 1.0, "sk": 1e18}],
    "sym_load": [{"id": 5, "node": 2, "status": 1, "type": 1, "p_specified": 2.5e6, "q_specified": 0.0}]})";

class BenchReferences : public testing::Test {
protected:
    void write(const std::string& folder, const std::string& file, const std::string& text) {
        fs::create_directories(data_ / "pgm-validation" / folder);
        std::ofstream(data_ / "pgm-validation" / folder / file) << text;
    }
    void answer(const std::string& folder, const std::string& data) {
        write(folder, "input.json", dataset("input", network));
        write(folder, "sym_output.json", dataset("sym_output", data));
    }
    test::Outcome run() {
        return test::run_program({HEADROOM_BENCH_POWER_FLOW, "--references", data_.path().string()});
    }

    /// The cells of a case's row, without spaces.
    static std::string row(const test::Outcome& outcome, const std::string& name) {
        const std::size_t begin = outcome.out.find("| " + name + " ");
        if (begin == std::string::npos) return "";
        std::string line = outcome.out.substr(begin, outcome.out.find('\n', begin) - begin);
        std::erase(line, ' ');
        return line.substr(line.find('|', 1));
    }

private:
    test::TemporaryDirectory data_;
};

TEST_F(BenchReferences, FaultsAreToldByFolderAndTheOthersGoOn) {
    const std::string right = fmt::format(R"({{"u": 10e3}}, {{"u": {}}})", 10e3 * 40.0 / 41.0);
    answer("in-order", "{\"node\": [" + right + "]}");
    answer("no-voltages", R"({"node": [{"id": 1}, {"id": 2}]})");
    answer("other-node", R"({"node": [{"id": 9, "u": 10e3}]})");
    write("no-json", "input.json", "{");
    write("no-json", "sym_output.json", "{");
    write("scenarios", "input.json", dataset("input", network));
    write("scenarios", "update_batch.json",
          dataset("update", R"([{"source": [{"u_ref": 1.0}]}, {"source": [{"id": 9, "u_ref": 1.0}]}])", true));
    write("scenarios", "sym_output_batch.json",
          dataset("sym_output", "[{\"node\": [" + right + "]}, {\"node\": [" + right + "]}]", true));

    const test::Outcome outcome = run();

    EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
    for (const char* name : {"in-order, symmetric", "scenarios, symmetric, scenario 1"}) {
        const std::string cells = row(outcome, name);
        EXPECT_TRUE(cells.starts_with("|6|0|3|") && cells.find("e-1") != std::string::npos) << name << cells;
    }
    EXPECT_EQ(row(outcome, "no-voltages, symmetric"), "|||leftout||||||");
    for (const char* name : {"other-node, symmetric", "no-json, symmetric", "scenarios, symmetric, scenario 2"})
        EXPECT_EQ(row(outcome, name), "|||refused||||||") << name;
    for (const char* told :
         {"other-node, symmetric: sym_output.json: node 9: the input has no such node",
          "no-json, symmetric: sym_output.json: is no JSON",
          "scenarios, symmetric, scenario 2: update_batch.json: source 9: the input has no such component",
          "no-voltages, symmetric: its answer has no voltages of nodes"})
        EXPECT_NE(outcome.err.find(told), std::string::npos) << told << "\n" << outcome.err;
}

TEST_F(BenchReferences, RegulatorsWhoseTapsTheAnswerDoesNotTellAreLeftOut) {
    std::string regulated = network;
    regulated.insert(regulated.rfind('}'),
                     R"(, "transformer_tap_regulator": [{"id": 6, "regulated_object": 3, "status": 1}])");
    write("taps", "input.json", dataset("input", regulated));
    write("taps", "sym_output.json", dataset("sym_output", R"({"node": [{"id": 1, "u": 10e3}]})"));

    const test::Outcome outcome = run();

    EXPECT_EQ(row(outcome, "taps, symmetric"), "|||leftout||||||");
    EXPECT_NE(outcome.err.find("taps, symmetric: its answer does not tell the taps of its regulators"),
              std::string::npos)
        << outcome.err;
}

TEST_F(BenchReferences, FoldersThatAreNotThereAreRefusedByName) {
    const test::Outcome outcome = run();

    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_NE(outcome.err.find("pgm-validation: there is no such folder"), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("pmd-validation: "), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("European LV, a day: "), std::string::npos) << outcome.err;
}

}  // namespace
}  // namespace headroom
