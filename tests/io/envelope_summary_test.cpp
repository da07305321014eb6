#include "io/report/envelope_summary.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
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

EnvelopeResult joint() {
    EnvelopeResult result = half_solved();
    const double nan = std::numeric_limits<double>::quiet_NaN();
    result.q_inject_limit = {1500, nan, nan, nan};
    result.q_absorb_limit = {500, nan, nan, nan};
    result.q_inject_binding_row = {0, binding::none, binding::none, binding::none};
    result.q_absorb_binding_row = {binding::cap, binding::none, binding::none, binding::none};
    return result;
}

struct Names {
    std::vector<std::string> feeder{"f1"}, bus{"far"}, branch{""};
    std::vector<std::int64_t> start{0, 1800};
    std::vector<std::int32_t> customer_feeder{0, 0};
    cli::EnvelopeNames view() const { return {feeder, bus, branch, start, customer_feeder}; }
};

TEST(EnvelopeSummary, CountsPublishedLimitsAndPassesOverUnsolvedItems) {
    const EnvelopeSummary summary = summarise(half_solved());

    EXPECT_EQ(summary.items, 2);
    EXPECT_EQ(summary.items_with[0], 1);
    EXPECT_EQ(summary.items_with[1], 1);
    EXPECT_FALSE(summary.all_solved());
    EXPECT_EQ(summary.of(LimitKind::export_power).count, 2);
    EXPECT_EQ(summary.of(LimitKind::export_power).at_cap, 1);
    EXPECT_EQ(summary.of(LimitKind::export_power).lowest, 3000);
    EXPECT_EQ(summary.of(LimitKind::export_power).mean, 4000);
    EXPECT_EQ(summary.of(LimitKind::export_power).highest, 5000);
    EXPECT_EQ(summary.of(LimitKind::import_power).zero, 1);
    EXPECT_EQ(summary.rounds_most, 2);
    EXPECT_EQ(summary.row_violation_worst, 0);
    EXPECT_EQ(summary.bottleneck_gap_worst, 0.5);
}

TEST(EnvelopeSummary, ReactiveLimitsAreToldInKvarWhereThereAreAny) {
    const std::string text = cli::envelope_text(joint(), Names().view()),
                      plain = cli::envelope_text(half_solved(), Names().view());
    const auto json = nlohmann::json::parse(cli::envelope_json(joint(), Names().view())),
               plain_json = nlohmann::json::parse(cli::envelope_json(half_solved(), Names().view()));

    EXPECT_NE(text.find("q inject, kvar      1   1.500"), std::string::npos) << text;
    EXPECT_NE(text.find("253.0 V        1        2          1          0"), std::string::npos) << text;
    EXPECT_EQ(plain.find("kvar"), std::string::npos) << plain;
    EXPECT_EQ(plain.find("q injects"), std::string::npos) << plain;
    EXPECT_EQ(json["q_inject"]["highest_kvar"], 1.5);
    EXPECT_EQ(json["q_absorb"]["at_cap"], 1);
    EXPECT_FALSE(plain_json.contains("q_inject"));
}

TEST(EnvelopeSummary, TextNamesTheViolatedRow) {
    const std::string text = cli::envelope_text(half_solved(), Names().view());

    EXPECT_NE(text.find("2 items (feeder and step): 1 solved, 1 insecure_base"), std::string::npos) << text;
    EXPECT_NE(
        text.find("feeder 'f1' at 1970-01-01T00:30:00Z: voltage_max at bus 'far' phase a has 256.1 V, limit 253.0 V"),
        std::string::npos)
        << text;
}

TEST(EnvelopeSummary, InsecureBaseCasesWithoutARowSayThatNothingFlows) {
    EnvelopeResult result = half_solved();
    EXPECT_EQ(cli::envelope_text(result, Names().view()).find("without a power flow"), std::string::npos);

    result.violations.clear();

    const std::string text = cli::envelope_text(result, Names().view());
    EXPECT_NE(text.find("1 base case without a power flow in AC, the first of feeder 'f1' at 1970-01-01T00:30:00Z"),
              std::string::npos)
        << text;
    const auto json = nlohmann::json::parse(cli::envelope_json(result, Names().view()));
    ASSERT_EQ(json["base_cases_without_power_flow"].size(), 1U);
    EXPECT_EQ(json["base_cases_without_power_flow"][0]["step"], "1970-01-01T00:30:00Z");
}

TEST(EnvelopeSummary, FeedersWithoutLimitsSayNothingOfSecurityInAc) {
    EnvelopeResult result = half_solved();
    const double none = -std::numeric_limits<double>::infinity();
    result.secure = {{.rounds = 1, .flows = 2, .worst_excess = none}, {.rounds = 1, .flows = 2, .worst_excess = none}};
    EXPECT_EQ(summarise(result).secure_items, 0);
    EXPECT_EQ(cli::envelope_text(result, Names().view()).find("secure in AC"), std::string::npos);

    result.secure[1] = {.rounds = 3, .flows = 6, .worst_excess = -0.01};
    EXPECT_EQ(summarise(result).secure_items, 1);
    EXPECT_EQ(summarise(result).excess_worst, -0.01);
    EXPECT_EQ(summarise(result).flows_mean, 6);
}

TEST(EnvelopeSummary, JsonCarriesTheSameNumbers) {
    const std::string json = cli::envelope_json(half_solved(), Names().view());

    EXPECT_NE(json.find("\"insecure_base\": 1"), std::string::npos) << json;
    EXPECT_NE(json.find("\"mean_kw\": 4.0"), std::string::npos) << json;
    EXPECT_NE(json.find("\"value\": 256.1"), std::string::npos) << json;
}

/// The same from a policy that needs the solver, its sum compared with the largest there is.
EnvelopeResult half_solved_by_solver() {
    EnvelopeResult result = half_solved();
    const double nan = std::numeric_limits<double>::quiet_NaN();
    result.certificate_gap = {2e-9, nan};
    result.certificate_bottleneck_gap = {nan, nan};
    result.objective = {-12, nan};
    result.iterations = {14, 0};
    result.price_of_fairness = {0.25, nan};
    return result;
}

TEST(EnvelopeSummary, TextAndJsonShowFairness) {
    const std::string text = cli::envelope_text(half_solved(), Names().view());
    const auto json = nlohmann::json::parse(cli::envelope_json(half_solved(), Names().view()));

    // 5, 3, 0 and 4 kW: 12^2 / (4 (25 + 9 + 16)) = 0.72.
    EXPECT_NE(text.find("fairness: Jain index 0.7200 on average, 0.7200 at the lowest; smallest limit 0.000 kW"),
              std::string::npos)
        << text;
    EXPECT_EQ(text.find("price of fairness"), std::string::npos) << "not asked for";
    EXPECT_EQ(json.at("fairness").at("items"), 1);
    EXPECT_DOUBLE_EQ(json.at("fairness").at("jain_mean"), 0.72);
    EXPECT_DOUBLE_EQ(json.at("fairness").at("jain_lowest"), 0.72);
    EXPECT_EQ(json.at("fairness").at("limit_smallest_kw"), 0.0);
    EXPECT_TRUE(json.at("fairness").at("price_mean").is_null());
    EXPECT_TRUE(json.at("fairness").at("price_worst").is_null());
}

TEST(EnvelopeSummary, ThePriceOfFairnessIsShownWhereAskedFor) {
    const std::string text = cli::envelope_text(half_solved_by_solver(), Names().view());
    const auto json = nlohmann::json::parse(cli::envelope_json(half_solved_by_solver(), Names().view()));

    EXPECT_NE(text.find("price of fairness: 25.00 % of the largest sum on average, 25.00 % at the worst"),
              std::string::npos)
        << text;
    EXPECT_EQ(json.at("fairness").at("price_mean"), 0.25);
    EXPECT_EQ(json.at("fairness").at("price_worst"), 0.25);
}

TEST(EnvelopeSummary, TheCertificateIsThatOfThePolicy) {
    const std::string filled = cli::envelope_text(half_solved(), Names().view());
    const std::string solved = cli::envelope_text(half_solved_by_solver(), Names().view());
    const auto json_of_filled = nlohmann::json::parse(cli::envelope_json(half_solved(), Names().view()));
    const auto json_of_solved = nlohmann::json::parse(cli::envelope_json(half_solved_by_solver(), Names().view()));

    EXPECT_NE(filled.find("worst bottleneck gap 5.0e-01 W; at most 2 filling rounds"), std::string::npos) << filled;
    EXPECT_NE(solved.find("worst row excess 0.0e+00 W, worst relative gap 2.0e-09; at most 14 iterations"),
              std::string::npos)
        << solved;
    EXPECT_TRUE(json_of_filled.at("gap_worst").is_null());
    EXPECT_EQ(json_of_filled.at("iterations_most"), 0);
    EXPECT_EQ(json_of_solved.at("gap_worst"), 2e-9);
    EXPECT_EQ(json_of_solved.at("iterations_most"), 14);
}

TEST(EnvelopeSummary, WhereFeedersHaveTheirOwnPoliciesBothCertificatesAreTold) {
    EnvelopeResult mixed = half_solved_by_solver();
    mixed.certificate_bottleneck_gap = {0.25, 0};
    const std::vector<std::string> policy{"proportional", "equal", "equal"}, reference{"none", "cap", "cap"};
    const Names ids;
    cli::EnvelopeNames names = ids.view();
    names.policy = policy;
    names.reference = reference;

    const std::string text = cli::envelope_text(mixed, names);
    const auto json = nlohmann::json::parse(cli::envelope_json(mixed, names));

    EXPECT_NE(text.find("worst relative gap 2.0e-09, worst bottleneck gap 2.5e-01 W; at most 14"), std::string::npos)
        << text;
    EXPECT_NE(text.find("  proportional  none             1\n  equal         cap              2\n"), std::string::npos)
        << text;
    EXPECT_EQ(json.at("policies")[1], (nlohmann::json{{"policy", "equal"}, {"reference", "cap"}, {"feeders", 2}}));
}

TEST(EnvelopeSummary, LimitsThatAreNotPublishedAreNotAtTheirCap) {
    EnvelopeResult uncertified = half_solved();
    const double nan = std::numeric_limits<double>::quiet_NaN();
    uncertified.export_limit = uncertified.import_limit = {nan, nan, nan, nan};
    uncertified.export_binding_row = uncertified.import_binding_row = std::vector<std::int32_t>(4, binding::none);
    uncertified.status = {ItemStatus::uncertified, ItemStatus::insecure_base};

    const std::string text = cli::envelope_text(uncertified, Names().view());

    EXPECT_NE(text.find("1 uncertified"), std::string::npos) << text;
    EXPECT_EQ(text.find("every limit is at its cap"), std::string::npos) << text;
}

TEST(EnvelopeSummary, WithoutAnyLimitSaysSo) {
    const EnvelopeResult nothing;

    EXPECT_TRUE(summarise(nothing).all_solved());
    EXPECT_NE(cli::envelope_text(nothing, {}).find("0 items"), std::string::npos);
}

}  // namespace
}  // namespace headroom
