#include <fmt/format.h>

#include <cstddef>
#include <nlohmann/json.hpp>

#include "io/cli/case_report.hpp"
#include "io/cli/utc_text.hpp"
#include "io/report/loop_count.hpp"
#include "io/report/region_summary.hpp"

namespace headroom::cli {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::array order_side_names{"orders_buy", "orders_sell"};

Json series_json(const SeriesSummary& series) {
    return {{"name", series.name},
            {"steps", series.steps},
            {"start", utc_text(series.start)},
            {"end", utc_text(series.end)},
            {"step_s", {series.step_shortest, series.step_longest}},
            {"forecast_kw",
             {{"lowest", series.injection_lowest / 1000},
              {"mean", series.injection_mean / 1000},
              {"highest", series.injection_highest / 1000}}},
            {"prices", series.has_prices},
            {"tap_moves", series.has_taps ? Json(series.tap_moves) : Json()}};
}

}  // namespace

std::string case_json(const Region& region, const std::vector<Fault>& faults) {
    const RegionSummary summary = summarise(region);
    const LoopCount loops = count_loops(region, faults);
    Json json{{"kind", "case"},
              {"name", region.name},
              {"valid", faults.empty()},
              {"feeders", summary.feeders},
              {"buses", summary.buses},
              {"branches", summary.branches},
              {"branches_open", summary.branches_open},
              {"closed_loops", loops.loops},
              {"feeders_with_loops", loops.feeders},
              {"shunts", summary.shunts},
              {"customers", summary.customers},
              {"customers_active", summary.customers_active},
              {"customers_on_phase", summary.customers_on_phase},
              {"export_cap_kw", summary.export_cap / 1000},
              {"import_cap_kw", summary.import_cap / 1000}};
    for (std::size_t k = 0; k < branch_kind_names.size(); ++k) json[branch_kind_names[k]] = summary.branches_of_kind[k];
    json["orders"] = summary.orders;
    for (std::size_t side = 0; side < order_side_names.size(); ++side)
        for (std::size_t limit = 0; limit < traded_limit_names.size(); ++limit)
            json[order_side_names[side]][traded_limit_names[limit]] = summary.orders_of_limit[side][limit];
    json["voltage_levels"] = Json::array();
    for (const VoltageLevel& level : summary.voltage_levels) {
        json["voltage_levels"].push_back({{"base_voltage_v", level.base_voltage},
                                          {"buses", level.buses},
                                          {"min_pu", {level.min_lowest, level.min_highest}},
                                          {"max_pu", {level.max_lowest, level.max_highest}}});
    }
    json["series"] = Json::array();
    for (const SeriesSummary& series : summary.series) json["series"].push_back(series_json(series));
    json["faults"] = Json::array();
    for (const Fault& fault : faults) json["faults"].push_back(fault.message());
    // Identifiers of a damaged file need not be UTF-8.
    return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace headroom::cli
