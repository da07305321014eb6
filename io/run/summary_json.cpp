#include "io/run/summary_json.hpp"

#include <nlohmann/json.hpp>

namespace headroom {
namespace {

using nlohmann::json;

/// Shows every number of a summary with its name, so that writing and reading cannot differ.
template <class Summary, class Visit> void visit_limits(Summary& limits, Visit visit) {
    visit("count", limits.count);
    visit("at_cap", limits.at_cap);
    visit("zero", limits.zero);
    visit("lowest", limits.lowest);
    visit("mean", limits.mean);
    visit("highest", limits.highest);
}

template <class Summary, class Visit> void visit_numbers(Summary& summary, Visit visit) {
    visit("items", summary.items);
    visit("items_with", summary.items_with);
    visit("forecasts_over_cap", summary.forecasts_over_cap);
    visit("rounds_most", summary.rounds_most);
    visit("row_violation_worst", summary.row_violation_worst);
    visit("bottleneck_gap_worst", summary.bottleneck_gap_worst);
    visit("concave", summary.concave);
    visit("gap_worst", summary.gap_worst);
    visit("iterations_most", summary.iterations_most);
    visit("secure_items", summary.secure_items);
    visit("excess_worst", summary.excess_worst);
    visit("hold_loosest", summary.hold_loosest);
    visit("secure_rounds_most", summary.secure_rounds_most);
    visit("flows_mean", summary.flows_mean);
    visit("gradients_mean", summary.gradients_mean);
    visit("flips", summary.flips);
    visit("factor_smallest", summary.factor_smallest);
}

}  // namespace

json summary_json(const EnvelopeSummary& summary) {
    json stored{{"limits", json::array()}};
    visit_numbers(summary, [&](const char* name, const auto& value) { stored[name] = value; });
    for (const LimitSummary& limits : summary.limits) {
        json& kind = stored["limits"].emplace_back();
        visit_limits(limits, [&](const char* name, const auto& value) { kind[name] = value; });
    }
    return stored;
}

EnvelopeSummary summary_of(const json& stored) {
    EnvelopeSummary summary;
    visit_numbers(summary, [&](const char* name, auto& value) { stored.at(name).get_to(value); });
    for (std::size_t kind = 0; kind < summary.limits.size(); ++kind)
        visit_limits(summary.limits[kind],
                     [&](const char* name, auto& value) { stored.at("limits").at(kind).at(name).get_to(value); });
    return summary;
}

}  // namespace headroom
