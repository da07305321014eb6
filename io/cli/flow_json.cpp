#include <nlohmann/json.hpp>
#include <string_view>

#include "io/cli/feeder_faults_json.hpp"
#include "io/cli/flow_report.hpp"
#include "io/cli/row_text.hpp"
#include "io/cli/utc_text.hpp"
#include "io/report/state_summary.hpp"

namespace headroom::cli {

namespace {

using Json = nlohmann::ordered_json;

/// null: there is nothing of that kind.
Json extreme_json(const StateResult& result, const FlowNames& names, const std::optional<StateExtreme>& extreme) {
    if (!extreme) return nullptr;
    const auto row = static_cast<std::size_t>(extreme->row);
    Json json{{"value", extreme->value}, {"feeder", names.feeder[extreme->feeder]}};
    const bool at_bus = result.rows.branch[row] < 0;
    json[at_bus ? "bus" : "branch"] = at_bus ? names.row.bus[row] : names.row.branch[row];
    json["phase"] = result.rows.phases[row];
    json["row"] = row_text(result.rows, names.row.bus, names.row.branch, extreme->row);
    json["step"] = utc_text(names.start[extreme->step]);
    return json;
}

Json diverged_json(const StateResult& result, const FlowNames& names, std::size_t item) {
    const auto terminal = static_cast<std::size_t>(result.mismatch_terminal[item]);
    return {{"feeder", names.feeder[item % result.feeder_count]},
            {"step", utc_text(names.start[item / result.feeder_count])},
            {"mismatch_va", result.mismatch[item]},
            {"bus", names.terminal_bus[terminal]},
            {"phase", std::string(1, conductor_name(names.conductor[terminal]))}};
}

}  // namespace

std::string flow_json(const StateResult& result, const FlowNames& names) {
    const StateSummary summary = summarise(result, names.start, names.end);
    Json json{{"kind", "flow"},
              {"items", summary.items},
              {"solved", summary.solved},
              {"diverged", summary.diverged},
              {"lowest_voltage", extreme_json(result, names, summary.lowest)},
              {"highest_voltage", extreme_json(result, names, summary.highest)},
              {"highest_loading", extreme_json(result, names, summary.fullest)},
              {"drawn_kwh", summary.drawn_kwh},
              {"fed_back_kwh", summary.fed_back_kwh},
              {"loss_kwh", summary.loss_kwh},
              {"items_outside_band", summary.items_outside_band},
              {"items_over_rating", summary.items_over_rating},
              {"idle_customers", summary.idle_customers}};
    json["diverged_items"] = Json::array();
    for (const std::size_t item : summary.diverged_items)
        json["diverged_items"].push_back(diverged_json(result, names, item));
    json["feeder_faults"] = feeder_faults_json(result.feeder_fault, names.feeder);
    return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace headroom::cli
