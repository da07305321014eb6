#include "io/report/congestion_summary.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "io/cli/congestion_report.hpp"

namespace headroom {
namespace {

// Two half hours of two feeders, 100 samples; the second feeder has a fault. Row 1 is passed in more samples of a step,
// row 0 longer.
CongestionResult two_steps() {
    CongestionResult result;
    result.step_count = 2;
    result.feeder_count = 2;
    result.sample_count = 100;
    result.probability = {0.5};
    result.rows.feeder = {0, 0, 0};
    result.rows.kind = {RowKind::voltage_max, RowKind::branch_phase, RowKind::voltage_min};
    result.rows.bus = {1, 0, 1};
    result.rows.branch = {-1, 0, -1};
    result.rows.phases = {"a", "b", "a"};
    result.rows.limit = {253, 50e3, 210};
    result.row_violated = {20, 0, 0, 25, 30, 0};
    result.row_mean = {0.99, 0.5, 1.1, 0.995, 0.875, 1.1};
    result.row_deviation.assign(6, 0.01);
    result.row_excess = {0.002, not_given, not_given, 0.003, 0.1, not_given};
    result.row_quantile = result.row_mean;
    result.status = {ForecastStatus::done, ForecastStatus::invalid_input, ForecastStatus::done,
                     ForecastStatus::invalid_input};
    result.diverged = {0, 0, 3, 0};
    result.violated = {20, 0, 40, 0};
    result.violated_limits = {0.2, not_given, 0.55, not_given};
    result.head_power_quantile = {1000, not_given, 2000, not_given};
    result.feeder_fault = {"", "no slack bus"};
    return result;
}

struct Names {
    std::vector<std::string> feeder{"f1", "f2"};
    RowNames row{{"far", "near", "far"}, {"", "cable", ""}};
    std::vector<std::int64_t> start{0, 1800}, end{1800, 3600};
    cli::CongestionNames view() const { return {feeder, row, start, end}; }
};

TEST(CongestionSummary, RanksLimitsByTheirWorstStepAndAddsHours) {
    const Names names;
    const CongestionSummary summary = summarise(two_steps(), names.start, names.end);

    EXPECT_EQ(summary.items, 4);
    EXPECT_EQ(summary.done, 2);
    EXPECT_FALSE(summary.all_done());
    EXPECT_EQ(summary.flows, 200);
    EXPECT_EQ(summary.diverged, 3);
    EXPECT_DOUBLE_EQ(summary.hours, 0.5 * (0.2 + 0.4));
    ASSERT_EQ(summary.limits.size(), 2U);
    EXPECT_EQ(summary.limits[0].row, 1);
    EXPECT_EQ(summary.limits[0].step, 1);
    EXPECT_DOUBLE_EQ(summary.limits[0].hours, 0.15);
    EXPECT_EQ(summary.limits[1].row, 0);
    EXPECT_EQ(summary.limits[1].violated, 25);
    EXPECT_DOUBLE_EQ(summary.limits[1].hours, 0.5 * (0.2 + 0.25));
    ASSERT_EQ(summary.at_risk.size(), 2U);
    EXPECT_EQ(summary.at_risk[0].step, 1);
    EXPECT_EQ(summary.at_risk[0].violated, 40);
}

// Wilson's interval of 30 in 100 is 21.9 to 39.6 %.
TEST(CongestionSummary, TextShowsProbabilitiesWithIntervalsAndValuesInTheirUnit) {
    const std::string text = cli::congestion_text(two_steps(), Names().view());

    for (const char* part :
         {"4 items (feeder and step): 2 done, 100 samples each, 3 without an answer",
          "branch_phase of branch 'cable' phase b", "50.0 kVA", "1970-01-01T00:30:00Z", "30.0 %", "21.9 to 39.6 %",
          "87.5 %", "voltage_max at bus 'far' phase a", "251.7 V", "expected time with any limit passed: 0.30 h",
          "1 feeder with a fault:", "feeder 'f2': no slack bus"})
        EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
    EXPECT_EQ(text.find("voltage_min"), std::string::npos) << "no sample passes it";
}

TEST(CongestionSummary, TextOfASecureForecastSaysSo) {
    CongestionResult result = two_steps();
    result.row_violated.assign(6, 0);
    result.violated.assign(4, 0);
    EXPECT_NE(cli::congestion_text(result, Names().view()).find("no sample passes a limit\n"), std::string::npos);
}

TEST(CongestionSummary, JsonCarriesTheSameNumbers) {
    const auto json = nlohmann::json::parse(cli::congestion_json(two_steps(), Names().view()));

    EXPECT_EQ(json.at("kind"), "congestion");
    EXPECT_EQ(json.at("done"), 2);
    EXPECT_EQ(json.at("flows"), 200);
    EXPECT_EQ(json.at("diverged"), 3);
    ASSERT_EQ(json.at("limits").size(), 2U);
    const auto& limit = json.at("limits")[0];
    EXPECT_EQ(limit.at("row"), "branch_phase of branch 'cable' phase b");
    EXPECT_EQ(limit.at("feeder"), "f1");
    EXPECT_EQ(limit.at("probability"), 0.3);
    EXPECT_NEAR(limit.at("probability_interval")[1], 0.396, 5e-4);
    EXPECT_EQ(limit.at("mean"), 0.875);
    EXPECT_EQ(limit.at("quantiles"), nlohmann::json::array({0.875}));
    EXPECT_EQ(json.at("most_at_risk")[0].at("limits_passed"), 0.55);
    EXPECT_EQ(json.at("feeder_faults")[0].at("fault"), "no slack bus");
}

}  // namespace
}  // namespace headroom
