#include <fmt/format.h>

#include <algorithm>

#include "io/cli/flow_report.hpp"
#include "io/cli/lines_shown.hpp"
#include "io/cli/row_text.hpp"
#include "io/cli/utc_text.hpp"
#include "io/report/counted.hpp"
#include "io/report/state_summary.hpp"
#include "io/report/table.hpp"

namespace headroom::cli {

namespace {

std::string place_text(const StateResult& result, const FlowNames& names, std::int32_t row) {
    const auto k = static_cast<std::size_t>(row);
    const bool at_bus = result.rows.branch[k] < 0;
    return fmt::format("{} '{}' phase {}", at_bus ? "bus" : "branch", at_bus ? names.row.bus[k] : names.row.branch[k],
                       result.rows.phases[k]);
}

std::string extremes_text(const StateResult& result, const FlowNames& names, const StateSummary& summary) {
    Table table({{"", Align::left},
                 {"", Align::right},
                 {"at", Align::left},
                 {"of feeder", Align::left},
                 {"step", Align::left}});
    const auto add = [&](const char* what, const std::string& value, const StateExtreme& extreme) {
        table.add({what, value, place_text(result, names, extreme.row), names.feeder[extreme.feeder],
                   utc_text(names.start[extreme.step])});
    };
    if (summary.lowest) add("lowest voltage", fmt::format("{:.4f} p.u.", summary.lowest->value), *summary.lowest);
    if (summary.highest) add("highest voltage", fmt::format("{:.4f} p.u.", summary.highest->value), *summary.highest);
    if (summary.fullest)
        add("highest loading", fmt::format("{:.1f} %", 100 * summary.fullest->value), *summary.fullest);
    return summary.lowest ? table.text(2) : "";
}

std::string diverged_text(const StateResult& result, const FlowNames& names, const StateSummary& summary) {
    std::string text;
    for (std::size_t k = 0; k < std::min(summary.diverged_items.size(), lines_shown); ++k) {
        const std::size_t item = summary.diverged_items[k];
        const auto terminal = static_cast<std::size_t>(result.mismatch_terminal[item]);
        text += fmt::format("  feeder '{}' at {}: no power flow found; {:.3f} kVA are missing at bus '{}' phase {}\n",
                            names.feeder[item % result.feeder_count], utc_text(names.start[item / result.feeder_count]),
                            result.mismatch[item] / 1000, names.terminal_bus[terminal],
                            conductor_name(names.conductor[terminal]));
    }
    if (summary.diverged_items.size() > lines_shown)
        text += fmt::format("  and {} more\n", summary.diverged_items.size() - lines_shown);
    return text;
}

}  // namespace

char conductor_name(std::int8_t conductor) { return "abcn"[conductor]; }

std::string flow_text(const StateResult& result, const FlowNames& names) {
    const StateSummary summary = summarise(result, names.start, names.end);
    std::string text = fmt::format("{} (feeder and step): {} solved, {} diverged\n", counted(summary.items, "item"),
                                   summary.solved, summary.diverged)
                       + diverged_text(result, names, summary) + extremes_text(result, names, summary);
    text += fmt::format("energy: {:.3f} kWh out of the sources, {:.3f} kWh into them, losses {:.3f} kWh\n",
                        summary.drawn_kwh, summary.fed_back_kwh, summary.loss_kwh);
    text += fmt::format("{} with a voltage outside its band, {} with a rating passed\n",
                        counted(summary.items_outside_band, "item"), summary.items_over_rating);
    if (summary.idle_customers > 0)
        text += fmt::format("without supply and left out: {}\n", counted(summary.idle_customers, "passive customer"));
    return text + feeder_faults_text(result.feeder_fault, names.feeder);
}

}  // namespace headroom::cli
