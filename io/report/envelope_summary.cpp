#include "io/report/envelope_summary.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
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
    return summary;
}

}  // namespace headroom
