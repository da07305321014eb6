// How far the linear model is from nonlinear power flow on the feeder as published, where reference answers are at
// hand.

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "formulations/flow/tree_solution.hpp"
#include "io/case/case_file.hpp"

namespace headroom::test {
namespace {

/// Volts by "bus.phase" from a table node,v_mag_volts,...
std::map<std::string, double> reference_voltages(const std::string& path) {
    std::map<std::string, double> voltages;
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
        const std::size_t comma = line.find(',');
        voltages[line.substr(0, comma)] = std::stod(line.substr(comma + 1));
    }
    return voltages;
}

class LinearAccuracy : public testing::TestWithParam<std::size_t> {};

// Lossless flows and currents at flat voltage: within 0.1 % of the voltage at every one of 2718 nodes, also at peak.
TEST_P(LinearAccuracy, OnTheEuropeanFeederIsWithinAFractionOfAPercent) {
    const std::size_t minute = GetParam();
    const std::string table =
        std::string(HEADROOM_SHARED_DATA) + "/reference-opendss/eulv906_minute" + std::to_string(minute) + ".csv";
    if (!std::filesystem::exists(table)) GTEST_SKIP() << "no reference voltages at " << table;
    const auto reference = reference_voltages(table);
    const Region region = read_case(HEADROOM_SOURCE_DIR "/cases/european_lv/european_lv_105.h5", {.series = "minute"});
    const SeriesSet& series = region.series.front();
    const std::size_t step = minute - 1;

    const LinearNetwork net = linear_network(region, 0, FlowModel::lin_dist3_flow, Monitoring::customers);
    std::vector<Complex> power;
    for (const auto& customer : net.customers) {
        const std::size_t at = step * region.customer_count() + static_cast<std::size_t>(customer.customer);
        power.emplace_back(series.p_forecast[at], series.q_forecast[at]);
    }
    const PhaseVector slack = slack_voltage(region, series, 0, step, net.model);
    const TreeSolution solution = solve_tree(net, power, slack);

    std::size_t compared = 0;
    for (std::size_t i = 0; i < net.nodes.size(); ++i)
        for (int p = 0; p < 3; ++p) {
            const auto bus = static_cast<std::size_t>(net.nodes[i].bus);
            const auto found = reference.find(region.bus.id[bus] + "." + std::to_string(p + 1));
            if (found == reference.end()) continue;
            ++compared;
            EXPECT_NEAR(std::abs(solution.voltage[i][p]), found->second, 0.001 * region.bus.base_voltage[bus])
                << found->first;
        }
    EXPECT_GT(compared, 2700u);
}

INSTANTIATE_TEST_SUITE_P(Minutes, LinearAccuracy, testing::Values(1u, 566u, 1440u));

}  // namespace
}  // namespace headroom::test
