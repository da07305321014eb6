#include "io/report/envelope_summary.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "io/cli/envelope_report.hpp"

namespace headroom {
namespace {

// Two steps of one feeder with two active customers; the second step has an insecure base case.
EnvelopeResult half_solved() {
    EnvelopeResult result;
    result.step_count = 2;
    result.customer_count = 2;
    result.feeder_count = 1;
    const double nan = std::numeric_limits<double>::quiet_NaN();
    result.export_limit = {5000, 3000, nan, nan};
    result.import_limit = {0, 4000, nan, nan};
    result.export_binding_row = {binding::cap, 0, binding::none, binding::none};
    result.import_binding_row = {0, 0, binding::none, binding::none};
    result.status = {ItemStatus::solved, ItemStatus::insecure_base};
    result.level = {3, nan};
    result.rounds = {2, 0};
    result.certificate_row_violation = {-0.01, nan};
    result.certificate_bottleneck_gap = {0.5, nan};
    result.rows.feeder = {0};
    result.rows.kind = {RowKind::voltage_max};
    result.rows.bus = {1};
    result.rows.branch = {-1};
    result.rows.phases = {"a"};
    result.rows.limit = {253};
    result.violations = {{.step = 1, .feeder = 0, .row = 0, .value = 256.1, .limit = 253}};
    result.feeder_fault = {""};
    return result;
}

struct Names {
    std::vector<std::string> feeder{"f1"}, bus{"far"}, branch{""};
    std::vector<std::int64_t> start{0, 1800};
    cli::EnvelopeNames view() const { return {feeder, bus, branch, start}; }
};

TEST(EnvelopeSummary, CountsPublishedLimitsAndPassesOverUnsolvedItems) {
    const EnvelopeSummary summary = summarise(half_solved());

    EXPECT_EQ(summary.items, 2);
    EXPECT_EQ(summary.items_with[0], 1);
    EXPECT_EQ(summary.items_with[1], 1);
    EXPECT_FALSE(summary.all_solved());
    EXPECT_EQ(summary.export_limits.count, 2);
    EXPECT_EQ(summary.export_limits.at_cap, 1);
    EXPECT_EQ(summary.export_limits.lowest, 3000);
    EXPECT_EQ(summary.export_limits.mean, 4000);
    EXPECT_EQ(summary.export_limits.highest, 5000);
    EXPECT_EQ(summary.import_limits.zero, 1);
    EXPECT_EQ(summary.rounds_most, 2);
    EXPECT_EQ(summary.row_violation_worst, 0);
    EXPECT_EQ(summary.bottleneck_gap_worst, 0.5);
}

TEST(EnvelopeSummary, TextNamesTheViolatedRow) {
    const std::string text = cli::envelope_text(half_solved(), Names().view());

    EXPECT_NE(text.find("2 items (feeder and step): 1 solved, 1 insecure_base"), std::string::npos) << text;
    EXPECT_NE(
        text.find("feeder 'f1' at 1970-01-01T00:30:00Z: voltage_max at bus 'far' phase a has 256.1 V, limit 253.0 V"),
        std::string::npos)
        << text;
}

TEST(EnvelopeSummary, JsonCarriesTheSameNumbers) {
    const std::string json = cli::envelope_json(half_solved(), Names().view());

    EXPECT_NE(json.find("\"insecure_base\": 1"), std::string::npos) << json;
    EXPECT_NE(json.find("\"mean_kw\": 4.0"), std::string::npos) << json;
    EXPECT_NE(json.find("\"value\": 256.1"), std::string::npos) << json;
}

TEST(EnvelopeSummary, WithoutAnyLimitSaysSo) {
    const EnvelopeResult nothing;

    EXPECT_TRUE(summarise(nothing).all_solved());
    EXPECT_NE(cli::envelope_text(nothing, {}).find("0 items"), std::string::npos);
}

}  // namespace
}  // namespace headroom
