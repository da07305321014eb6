#include "io/cli/replay_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "formulations/secure/forecast_errors.hpp"
#include "io/cli/error_arguments.hpp"
#include "io/cli/feeder_faults_json.hpp"
#include "io/cli/lines_shown.hpp"
#include "io/cli/row_text.hpp"
#include "io/cli/utc_text.hpp"
#include "io/report/counted.hpp"
#include "io/report/table.hpp"

namespace headroom::cli {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::array replay_status_names{"replayed", "no_limits", "diverged", "invalid_input"};
constexpr std::array point_names{"searched", "random_corners", "random_points", "all_corners", "taps_free"};

/// Items that were replayed, the worst first.
std::vector<std::size_t> by_excess(const ReplayResult& result) {
    std::vector<std::size_t> order;
    for (std::size_t item = 0; item < result.status.size(); ++item)
        if (result.worst_row[item] >= 0) order.push_back(item);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return result.excess(a) > result.excess(b); });
    return order;
}

double worst_value(const ReplayResult& result, std::size_t item) {
    const auto row = static_cast<std::size_t>(result.worst_row[item]);
    return result.worst_value[item / result.feeder_count * result.rows.size() + row];
}

std::string row_name(const ReplayResult& result, const ReplayNames& names, std::size_t item) {
    return row_text(result.rows, names.row_bus, names.row_branch, result.worst_row[item]);
}

std::string item_text(const ReplayResult& result, const ReplayNames& names, std::size_t item) {
    const auto row = static_cast<std::size_t>(result.worst_row[item]);
    const char* const unit = names.row_branch[row].empty() ? "V" : "V A";
    return fmt::format(
        "  feeder '{}' at {}: {} has {:.3f} {}, limit {:.1f} {}{}\n", names.feeder[item % result.feeder_count],
        utc_text(names.step_start[item / result.feeder_count]), row_name(result, names, item),
        worst_value(result, item), unit, result.rows.limit[row], unit,
        result.violated[item] > 0 ? fmt::format(", {} violated", counted(result.violated[item], "limit")) : "");
}

}  // namespace

std::string errors_text(const RowErrors& errors) {
    std::string text;
    if (errors.has_forecast() && errors.norm == ErrorNorm::ball)
        text +=
            fmt::format("--forecast-error {} of the envelopes, in a ball, is not replayed: forecasts are as given\n",
                        forecast_error_text(errors));
    if (errors_of_points(errors).has_forecast())
        text += fmt::format("forecasts of passive customers are anywhere within --forecast-error {}\n",
                            forecast_error_text(errors));
    if (errors.impedance > 0)
        text += fmt::format("--impedance-error {} of the envelopes is not replayed: impedances are those of the case\n",
                            errors.impedance);
    return text;
}

std::string summary_text(const ReplaySummary& summary) {
    std::string text = counted(summary.items, "item") + " (feeder and step):";
    for (std::size_t k = 0; k < replay_status_names.size(); ++k)
        if (summary.items_with[k] > 0) text += fmt::format(" {} {},", summary.items_with[k], replay_status_names[k]);
    text += fmt::format(" {} with violated limits\n", summary.violated);
    Table table({{"points", Align::left}, {"worst excess, p.u.", Align::right}});
    for (std::size_t kind = 0; kind < replay_point_kinds; ++kind)
        if (const auto excess = summary.worst_excess[kind])
            table.add({point_names[kind], fmt::format("{:.2e}", *excess)});
    return text + table.text(2);
}

std::string replay_text(const ReplayResult& result, const ReplayNames& names) {
    std::string text = summary_text(summarise(result)) + errors_text(names.errors);
    const std::vector<std::size_t> order = by_excess(result);
    if (!order.empty()) text += "the worst first:\n";
    for (std::size_t k = 0; k < std::min(order.size(), lines_shown); ++k) text += item_text(result, names, order[k]);
    return text + feeder_faults_text(result.feeder_fault, names.feeder);
}

std::string replay_json(const ReplayResult& result, const ReplayNames& names) {
    const ReplaySummary summary = summarise(result);
    Json json{{"kind", "replay"}, {"items", summary.items}, {"all_clean", summary.all_clean()}};
    if (errors_of_points(names.errors).has_forecast()) json["forecast_error"] = forecast_error_text(names.errors);
    for (std::size_t k = 0; k < replay_status_names.size(); ++k)
        json["items_with"][replay_status_names[k]] = summary.items_with[k];
    for (std::size_t kind = 0; kind < replay_point_kinds; ++kind) {
        const auto excess = summary.worst_excess[kind];
        json["worst_excess"][point_names[kind]] = excess ? Json(*excess) : Json();
    }
    json["violations"] = Json::array();
    for (const std::size_t item : by_excess(result)) {
        if (result.clean(item)) continue;
        json["violations"].push_back({{"feeder", names.feeder[item % result.feeder_count]},
                                      {"step", utc_text(names.step_start[item / result.feeder_count])},
                                      {"status", replay_status_names[static_cast<std::size_t>(result.status[item])]},
                                      {"row", row_name(result, names, item)},
                                      {"value", worst_value(result, item)},
                                      {"limit", result.rows.limit[static_cast<std::size_t>(result.worst_row[item])]},
                                      {"limits_violated", result.violated[item]}});
    }
    json["feeder_faults"] = feeder_faults_json(result.feeder_fault, names.feeder);
    return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace headroom::cli
