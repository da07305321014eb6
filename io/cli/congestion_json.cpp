#include <cstddef>
#include <nlohmann/json.hpp>

#include "io/cli/congestion_report.hpp"
#include "io/cli/feeder_faults_json.hpp"
#include "io/cli/row_text.hpp"
#include "io/cli/utc_text.hpp"
#include "solver/statistics/wilson_interval.hpp"

namespace headroom::cli {

namespace {

using Json = nlohmann::ordered_json;
constexpr std::size_t items_shown = 10;

void add_probability(Json& json, std::int32_t violated, std::int32_t samples) {
    const Interval interval = wilson_interval(violated, samples);
    json["probability"] = static_cast<double>(violated) / samples;
    json["probability_interval"] = {interval.lower, interval.upper};
}

/// Numbers that do not exist are null.
Json limit_json(const CongestionResult& result, const CongestionNames& names, const LimitAtRisk& limit) {
    const auto row = static_cast<std::size_t>(limit.row), step = static_cast<std::size_t>(limit.step);
    const std::size_t at = step * result.rows.size() + row, levels = result.probability.size();
    Json json{{"feeder", names.feeder[static_cast<std::size_t>(result.rows.feeder[row])]},
              {"row", row_text(result.rows, names.row.bus, names.row.branch, limit.row)},
              {"limit", result.rows.limit[row]},
              {"worst_step", utc_text(names.start[step])}};
    add_probability(json, limit.violated, result.sample_count);
    json["mean"] = result.row_mean[at];
    json["deviation"] = result.row_deviation[at];
    json["excess"] = result.row_excess[at];
    json["quantiles"] = Json::array();
    for (std::size_t k = 0; k < levels; ++k) json["quantiles"].push_back(result.row_quantile[at * levels + k]);
    json["expected_hours"] = limit.hours;
    return json;
}

Json item_json(const CongestionResult& result, const CongestionNames& names, const ItemAtRisk& item) {
    const auto step = static_cast<std::size_t>(item.step), feeder = static_cast<std::size_t>(item.feeder);
    Json json{{"feeder", names.feeder[feeder]}, {"step", utc_text(names.start[step])}};
    add_probability(json, item.violated, result.sample_count);
    json["limits_passed"] = result.violated_limits[step * result.feeder_count + feeder];
    return json;
}

}  // namespace

std::string congestion_json(const CongestionResult& result, const CongestionNames& names) {
    const CongestionSummary summary = summarise(result, names.start, names.end);
    Json json{{"kind", "congestion"},
              {"items", summary.items},
              {"done", summary.done},
              {"samples", result.sample_count},
              {"flows", summary.flows},
              {"diverged", summary.diverged},
              {"quantile_levels", result.probability},
              {"expected_hours", summary.hours}};
    json["items_at_risk"] = summary.at_risk.size();
    json["most_at_risk"] = Json::array();
    for (std::size_t k = 0; k < std::min(summary.at_risk.size(), items_shown); ++k)
        json["most_at_risk"].push_back(item_json(result, names, summary.at_risk[k]));
    json["limits"] = Json::array();
    for (const LimitAtRisk& limit : summary.limits) json["limits"].push_back(limit_json(result, names, limit));
    json["feeder_faults"] = feeder_faults_json(result.feeder_fault, names.feeder);
    return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace headroom::cli
