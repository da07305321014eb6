#include "io/report/congestion_summary.hpp"

#include <algorithm>
#include <cstddef>

#include "formulations/network/region.hpp"

namespace headroom {
namespace {

std::vector<LimitAtRisk> limits_at_risk(const CongestionResult& result, const std::vector<double>& hours) {
    const std::size_t rows = result.rows.size();
    std::vector<LimitAtRisk> limits;
    for (std::size_t row = 0; row < rows; ++row) {
        LimitAtRisk limit{static_cast<std::int32_t>(row), -1, 0, 0};
        for (std::size_t step = 0; step < result.step_count; ++step) {
            const std::int32_t violated = result.row_violated[step * rows + row];
            limit.hours += hours[step] * violated / result.sample_count;
            if (violated <= limit.violated) continue;
            limit.violated = violated;
            limit.step = static_cast<std::int32_t>(step);
        }
        if (limit.violated > 0) limits.push_back(limit);
    }
    std::stable_sort(limits.begin(), limits.end(), [](const LimitAtRisk& a, const LimitAtRisk& b) {
        return a.violated != b.violated ? a.violated > b.violated : a.hours > b.hours;
    });
    return limits;
}

std::vector<ItemAtRisk> items_at_risk(const CongestionResult& result) {
    std::vector<ItemAtRisk> items;
    for (std::size_t i = 0; i < result.violated.size(); ++i)
        if (result.violated[i] > 0)
            items.push_back({static_cast<std::int32_t>(i / result.feeder_count),
                             static_cast<std::int32_t>(i % result.feeder_count), result.violated[i]});
    const auto passed = [&result](const ItemAtRisk& item) {
        return result.violated_limits[static_cast<std::size_t>(item.step) * result.feeder_count
                                      + static_cast<std::size_t>(item.feeder)];
    };
    std::stable_sort(items.begin(), items.end(), [&passed](const ItemAtRisk& a, const ItemAtRisk& b) {
        return a.violated != b.violated ? a.violated > b.violated : passed(a) > passed(b);
    });
    return items;
}

}  // namespace

CongestionSummary summarise(const CongestionResult& result, std::span<const std::int64_t> start,
                            std::span<const std::int64_t> end) {
    std::vector<double> hours;
    for (std::size_t step = 0; step < result.step_count; ++step) hours.push_back(hours_between(start[step], end[step]));

    CongestionSummary summary;
    summary.items = static_cast<std::int64_t>(result.status.size());
    for (std::size_t i = 0; i < result.status.size(); ++i) {
        if (result.status[i] != ForecastStatus::done) continue;
        ++summary.done;
        summary.diverged += result.diverged[i];
        summary.hours += hours[i / result.feeder_count] * result.violated[i] / result.sample_count;
    }
    summary.flows = summary.done * result.sample_count;
    summary.limits = limits_at_risk(result, hours);
    summary.at_risk = items_at_risk(result);
    summary.items_at_risk = static_cast<std::int64_t>(summary.at_risk.size());
    return summary;
}

void add(CongestionSummary& total, const CongestionSummary& part) {
    total.items += part.items;
    total.done += part.done;
    total.flows += part.flows;
    total.diverged += part.diverged;
    total.hours += part.hours;
    total.items_at_risk += part.items_at_risk;
}

}  // namespace headroom
