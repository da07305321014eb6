#include "io/report/state_summary.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "formulations/network/region.hpp"
#include "formulations/units.hpp"

namespace headroom {
namespace {

/// The value furthest in the direction of `sign`, of those that are numbers.
std::optional<StateExtreme> extreme(const StateResult& result, const std::vector<double>& values,
                                    const std::vector<std::int32_t>& row, double sign) {
    std::optional<StateExtreme> most;
    for (std::size_t item = 0; item < values.size(); ++item) {
        if (std::isnan(values[item]) || (most && !(sign * values[item] > sign * most->value))) continue;
        most = StateExtreme{values[item], row[item], item / result.feeder_count, item % result.feeder_count};
    }
    return most;
}

std::int64_t count_above_zero(const std::vector<std::int32_t>& counts) {
    return std::ranges::count_if(counts, [](std::int32_t count) { return count > 0; });
}

}  // namespace

StateSummary summarise(const StateResult& result, std::span<const std::int64_t> start,
                       std::span<const std::int64_t> end) {
    StateSummary summary;
    summary.items = static_cast<std::int64_t>(result.item_count());
    for (std::size_t item = 0; item < result.item_count(); ++item) {
        if (result.status[item] == StateStatus::diverged) summary.diverged_items.push_back(item);
        if (result.status[item] != StateStatus::solved) continue;
        ++summary.solved;
        const std::size_t step = item / result.feeder_count;
        const double hours = hours_between(start[step], end[step]) / watt_per_kilowatt;
        summary.drawn_kwh += hours * std::max(result.head_power[item], 0.0);
        summary.fed_back_kwh += hours * std::max(-result.head_power[item], 0.0);
        summary.loss_kwh += hours * result.loss[item];
    }
    summary.diverged = static_cast<std::int64_t>(summary.diverged_items.size());
    summary.lowest = extreme(result, result.lowest_voltage, result.lowest_row, -1.0);
    summary.highest = extreme(result, result.highest_voltage, result.highest_row, 1.0);
    summary.fullest = extreme(result, result.highest_loading, result.fullest_row, 1.0);
    summary.items_outside_band = count_above_zero(result.outside_band);
    summary.items_over_rating = count_above_zero(result.over_rating);
    summary.idle_customers =
        std::accumulate(result.idle_customers.begin(), result.idle_customers.end(), std::int64_t{0});
    return summary;
}

}  // namespace headroom
