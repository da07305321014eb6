#include <cstddef>
#include <nlohmann/json.hpp>

#include "io/cli/envelope_report.hpp"
#include "io/cli/feeder_faults_json.hpp"
#include "io/cli/utc_text.hpp"
#include "io/report/fairness_summary.hpp"
#include "io/report/policy_count.hpp"

namespace headroom::cli {

namespace {

using Json = nlohmann::ordered_json;

Json limits_json(const LimitSummary& limits, const std::string& unit) {
    return {{"count", limits.count},
            {"at_cap", limits.at_cap},
            {"zero", limits.zero},
            {"lowest_" + unit, limits.lowest / 1000},
            {"mean_" + unit, limits.mean / 1000},
            {"highest_" + unit, limits.highest / 1000}};
}

/// Numbers that do not exist are null.
Json fairness_json(const FairnessSummary& fairness) {
    return {{"items", fairness.items},
            {"jain_mean", fairness.jain_mean},
            {"jain_lowest", fairness.jain_lowest},
            {"limit_smallest_kw", fairness.limit_smallest / 1000},
            {"price_mean", fairness.price_mean},
            {"price_worst", fairness.price_worst}};
}

Json violation_json(const EnvelopeResult& result, const EnvelopeNames& names, const Violation& violation) {
    return {{"feeder", names.feeder[static_cast<std::size_t>(violation.feeder)]},
            {"step", utc_text(names.step_start[static_cast<std::size_t>(violation.step)])},
            {"row", row_text(result, names, violation.row)},
            {"value", violation.value},
            {"limit", violation.limit}};
}

}  // namespace

std::string envelope_json(const EnvelopeResult& result, const EnvelopeNames& names) {
    const EnvelopeSummary summary = summarise(result);
    Json json{{"kind", "envelopes"}, {"items", summary.items}, {"all_solved", summary.all_solved()}};
    for (std::size_t k = 0; k < summary.items_with.size(); ++k) {
        json["items_with"][status_name(static_cast<ItemStatus>(k))] = summary.items_with[k];
    }
    for (const PolicyCount& count : count_policies(names.policy, names.reference))
        json["policies"].push_back(
            {{"policy", count.policy}, {"reference", count.reference}, {"feeders", count.feeders}});
    json["export"] = limits_json(summary.of(LimitKind::export_power), "kw");
    json["import"] = limits_json(summary.of(LimitKind::import_power), "kw");
    if (result.has_reactive_limits()) {
        json["q_inject"] = limits_json(summary.of(LimitKind::q_inject), "kvar");
        json["q_absorb"] = limits_json(summary.of(LimitKind::q_absorb), "kvar");
    }
    json["forecasts_over_cap"] = summary.forecasts_over_cap;
    json["rounds_most"] = summary.rounds_most;
    json["row_excess_worst_w"] = summary.row_violation_worst;
    json["bottleneck_gap_worst_w"] = summary.bottleneck_gap_worst;
    json["gap_worst"] = summary.concave ? Json(summary.gap_worst) : Json();
    json["iterations_most"] = summary.iterations_most;
    if (summary.secure_items > 0)
        json["secure"] = {{"worst_excess_pu", summary.excess_worst},   {"loosest_hold_pu", summary.hold_loosest},
                          {"rounds_most", summary.secure_rounds_most}, {"flows_mean", summary.flows_mean},
                          {"gradients_mean", summary.gradients_mean},  {"flips", summary.flips},
                          {"factor_smallest", summary.factor_smallest}};
    json["fairness"] = fairness_json(summarise_fairness(result, names.customer_feeder));
    json["violations"] = Json::array();
    for (const Violation& violation : result.violations) {
        json["violations"].push_back(violation_json(result, names, violation));
    }
    json["base_cases_without_power_flow"] = Json::array();
    for (const std::size_t item : items_without_power_flow(result))
        json["base_cases_without_power_flow"].push_back(
            {{"feeder", names.feeder[item % result.feeder_count]},
             {"step", utc_text(names.step_start[item / result.feeder_count])}});
    json["feeder_faults"] = feeder_faults_json(result.feeder_fault, names.feeder);
    return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace headroom::cli
