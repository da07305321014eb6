#include "io/report/envelope_summary.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace headroom {

namespace {

LimitSummary summarise(const std::vector<double>& limit, const std::vector<std::int32_t>& binding_row) {
    LimitSummary summary;
    double sum = 0;
    for (std::size_t k = 0; k < limit.size(); ++k) {
        if (std::isnan(limit[k])) continue;
        summary.lowest = summary.count == 0 ? limit[k] : std::min(summary.lowest, limit[k]);
        summary.highest = std::max(summary.highest, limit[k]);
        sum += limit[k];
        ++summary.count;
        if (limit[k] == 0) ++summary.zero;
        if (k < binding_row.size() && binding_row[k] == binding::cap) ++summary.at_cap;
    }
    if (summary.count > 0) summary.mean = sum / static_cast<double>(summary.count);
    return summary;
}

/// The largest value above 0; NaN, which unsolved items carry, is passed over.
double worst(const std::vector<double>& values) {
    double worst = 0;
    for (const double value : values) worst = value > worst ? value : worst;
    return worst;
}

std::int32_t most(const std::vector<std::int32_t>& counts) {
    return counts.empty() ? 0 : *std::max_element(counts.begin(), counts.end());
}

void add_secure(const EnvelopeResult& result, EnvelopeSummary& summary) {
    for (std::size_t item = 0; item < result.secure.size(); ++item) {
        const SecureOutcome& outcome = result.secure[item];
        // A feeder without limits (no customer to watch over, no rating) has nothing that could be held: its worst
        // excess is that of no limit, which is below every number.
        if (outcome.rounds == 0 || outcome.worst_excess == -std::numeric_limits<double>::infinity()) continue;
        const bool first = summary.secure_items++ == 0;
        summary.excess_worst = first ? outcome.worst_excess : std::max(summary.excess_worst, outcome.worst_excess);
        summary.hold_loosest = std::max(summary.hold_loosest, outcome.loosest_hold);
        summary.secure_rounds_most = std::max(summary.secure_rounds_most, outcome.rounds);
        summary.flows_mean += outcome.flows;
        summary.gradients_mean += outcome.gradients;
        summary.flips += outcome.flips;
        summary.factor_smallest = std::min(summary.factor_smallest, outcome.factor);
    }
    if (summary.secure_items == 0) return;
    summary.flows_mean /= static_cast<double>(summary.secure_items);
    summary.gradients_mean /= static_cast<double>(summary.secure_items);
}

double mean_of_both(double mean, std::int64_t count, double other, std::int64_t others) {
    const auto n = static_cast<double>(count), m = static_cast<double>(others);
    return n + m > 0 ? (mean * n + other * m) / (n + m) : 0;
}

void add(LimitSummary& total, const LimitSummary& part) {
    if (part.count == 0) return;
    total.lowest = total.count == 0 ? part.lowest : std::min(total.lowest, part.lowest);
    total.highest = std::max(total.highest, part.highest);
    total.mean = mean_of_both(total.mean, total.count, part.mean, part.count);
    total.count += part.count;
    total.at_cap += part.at_cap;
    total.zero += part.zero;
}

void add_secure(EnvelopeSummary& total, const EnvelopeSummary& part) {
    if (part.secure_items == 0) return;
    total.excess_worst = total.secure_items == 0 ? part.excess_worst : std::max(total.excess_worst, part.excess_worst);
    total.hold_loosest = std::max(total.hold_loosest, part.hold_loosest);
    total.secure_rounds_most = std::max(total.secure_rounds_most, part.secure_rounds_most);
    total.flows_mean = mean_of_both(total.flows_mean, total.secure_items, part.flows_mean, part.secure_items);
    total.gradients_mean =
        mean_of_both(total.gradients_mean, total.secure_items, part.gradients_mean, part.secure_items);
    total.flips += part.flips;
    total.factor_smallest = std::min(total.factor_smallest, part.factor_smallest);
    total.secure_items += part.secure_items;
}

}  // namespace

bool EnvelopeSummary::all_solved() const {
    return items
           == items_with[static_cast<std::size_t>(ItemStatus::solved)]
                  + items_with[static_cast<std::size_t>(ItemStatus::islanded)];
}

EnvelopeSummary summarise(const EnvelopeResult& result) {
    EnvelopeSummary summary;
    summary.items = static_cast<std::int64_t>(result.status.size());
    for (const ItemStatus status : result.status) {
        const auto k = static_cast<std::size_t>(status);
        if (k < summary.items_with.size()) ++summary.items_with[k];
    }
    for (std::size_t kind = 0; kind < limit_members.size(); ++kind)
        summary.limits[kind] = summarise(result.*limit_members[kind].limit, result.*limit_members[kind].binding_row);
    for (const std::int32_t cut : result.forecast_over_cap) summary.forecasts_over_cap += cut;
    summary.rounds_most = most(result.rounds);
    summary.row_violation_worst = worst(result.certificate_row_violation);
    summary.bottleneck_gap_worst = worst(result.certificate_bottleneck_gap);
    summary.concave = std::any_of(result.certificate_gap.begin(), result.certificate_gap.end(),
                                  [](double gap) { return !std::isnan(gap); });
    summary.gap_worst = worst(result.certificate_gap);
    summary.iterations_most = most(result.iterations);
    add_secure(result, summary);
    return summary;
}

std::vector<std::size_t> items_without_power_flow(const EnvelopeResult& result) {
    std::vector<char> listed(result.status.size(), 0);
    for (const Violation& violation : result.violations)
        listed[static_cast<std::size_t>(violation.step) * result.feeder_count
               + static_cast<std::size_t>(violation.feeder)] = 1;
    std::vector<std::size_t> items;
    for (std::size_t item = 0; item < listed.size(); ++item)
        if (result.status[item] == ItemStatus::insecure_base && listed[item] == 0) items.push_back(item);
    return items;
}

void add(EnvelopeSummary& total, const EnvelopeSummary& part) {
    total.items += part.items;
    for (std::size_t k = 0; k < total.items_with.size(); ++k) total.items_with[k] += part.items_with[k];
    for (std::size_t kind = 0; kind < total.limits.size(); ++kind) add(total.limits[kind], part.limits[kind]);
    total.forecasts_over_cap += part.forecasts_over_cap;
    total.rounds_most = std::max(total.rounds_most, part.rounds_most);
    total.row_violation_worst = std::max(total.row_violation_worst, part.row_violation_worst);
    total.bottleneck_gap_worst = std::max(total.bottleneck_gap_worst, part.bottleneck_gap_worst);
    total.concave = total.concave || part.concave;
    total.gap_worst = std::max(total.gap_worst, part.gap_worst);
    total.iterations_most = std::max(total.iterations_most, part.iterations_most);
    add_secure(total, part);
}

}  // namespace headroom
