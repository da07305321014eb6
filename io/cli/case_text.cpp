#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>

#include "io/cli/case_report.hpp"
#include "io/cli/utc_text.hpp"
#include "io/report/counted.hpp"
#include "io/report/loop_count.hpp"
#include "io/report/region_summary.hpp"
#include "io/report/table.hpp"

namespace headroom::cli {

namespace {

constexpr std::array customer_phase_names{"without a phase", "single-phase", "two-phase", "three-phase"};
constexpr std::size_t faults_shown = 20;

std::string kw(double watts) { return fmt::format("{:.1f}", watts / 1000); }

std::string step_length(const SeriesSummary& series) {
    if (series.step_shortest == series.step_longest) return fmt::format("{} s", series.step_shortest);
    return fmt::format("{} to {} s", series.step_shortest, series.step_longest);
}

/// "906 lines, 1 transformers"; the names of zeros are left out.
template <class Counts, class Names> std::string listing(const Counts& counts, const Names& names) {
    std::string text;
    for (std::size_t k = 0; k < counts.size(); ++k) {
        if (counts[k] > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", counts[k], names[k]);
    }
    return text;
}

void add_orders(const RegionSummary& summary, Table& table) {
    table.add({"orders", fmt::format("{}", summary.orders), ""});
    constexpr std::array side_names{"  buy", "  sell"};
    for (std::size_t side = 0; side < side_names.size(); ++side) {
        const auto& counts = summary.orders_of_limit[side];
        table.add({side_names[side], fmt::format("{}", std::accumulate(counts.begin(), counts.end(), std::int64_t{0})),
                   listing(counts, traded_limit_names)});
    }
}

/// "in 2 feeders; branch 'tie' of feeder 'street' closes the first".
std::string loops_text(const Region& region, const LoopCount& count) {
    if (count.loops == 0) return "";
    return fmt::format("in {}; branch '{}' of feeder '{}' closes the first",
                       counted(static_cast<std::size_t>(count.feeders), "feeder"),
                       region.branch.id[static_cast<std::size_t>(count.first_branch)],
                       region.feeder.id[static_cast<std::size_t>(count.first_feeder)]);
}

std::string network_text(const Region& region, const RegionSummary& summary, const LoopCount& loops) {
    Table table({{"", Align::left}, {"", Align::right}, {"", Align::left}});
    const auto number = [](std::int64_t value) { return fmt::format("{}", value); };
    const auto& [a, b, c] = summary.customers_on_phase;
    table.add({"feeders", number(summary.feeders), ""});
    table.add({"buses", number(summary.buses), ""});
    table.add({"branches", number(summary.branches), listing(summary.branches_of_kind, branch_kind_names)});
    table.add({"  open", number(summary.branches_open), ""});
    table.add({"  closed loops", number(loops.loops), loops_text(region, loops)});
    table.add({"shunts", number(summary.shunts), ""});
    table.add({"customers", number(summary.customers), listing(summary.customers_with_phases, customer_phase_names)});
    table.add({"  on phase", "", fmt::format("a {}, b {}, c {}", a, b, c)});
    table.add({"  active", number(summary.customers_active),
               fmt::format("caps {} kW export, {} kW import", kw(summary.export_cap), kw(summary.import_cap))});
    table.add({"  passive", number(summary.customers - summary.customers_active), ""});
    if (summary.orders > 0) add_orders(summary, table);
    return table.text(2);
}

/// "0.94" or, where the buses differ, "0.90..0.94".
std::string range(double lowest, double highest) {
    const std::string low = fmt::format("{:.4g}", lowest);
    const std::string high = fmt::format("{:.4g}", highest);
    return low == high ? low : low + ".." + high;
}

std::string voltage_text(const RegionSummary& summary) {
    Table table({{"voltage level", Align::left},
                 {"buses", Align::right},
                 {"min p.u.", Align::right},
                 {"max p.u.", Align::right}});
    for (const VoltageLevel& level : summary.voltage_levels) {
        table.add({fmt::format("{:.5g} V phase to neutral", level.base_voltage), fmt::format("{}", level.buses),
                   range(level.min_lowest, level.min_highest), range(level.max_lowest, level.max_highest)});
    }
    return table.text(2);
}

/// What not every series has.
std::string whats_more(const SeriesSummary& series) {
    std::string text = series.has_prices ? "with prices" : "";
    if (series.has_taps) text += (text.empty() ? "" : ", ") + counted(series.tap_moves, "tap move");
    return text;
}

std::string series_text(const RegionSummary& summary) {
    Table table({{"series", Align::left},
                 {"steps", Align::right},
                 {"of", Align::right},
                 {"from", Align::left},
                 {"to", Align::left},
                 {"forecast kW: lowest", Align::right},
                 {"mean", Align::right},
                 {"highest", Align::right},
                 {"", Align::left}});
    for (const SeriesSummary& series : summary.series) {
        table.add({series.name, fmt::format("{}", series.steps), step_length(series), utc_text(series.start),
                   utc_text(series.end), kw(series.injection_lowest), kw(series.injection_mean),
                   kw(series.injection_highest), whats_more(series)});
    }
    return table.text(2);
}

}  // namespace

std::string faults_text(const std::vector<Fault>& faults) {
    std::string text;
    for (std::size_t k = 0; k < std::min(faults.size(), faults_shown); ++k) text += "  " + faults[k].message() + '\n';
    if (faults.size() > faults_shown) text += fmt::format("  and {} more\n", faults.size() - faults_shown);
    return text;
}

std::string case_text(const Region& region, const std::vector<Fault>& faults) {
    const RegionSummary summary = summarise(region);
    const auto state =
        faults.empty() ? std::string("valid") : fmt::format("not valid, {}:", counted(faults.size(), "fault"));
    return fmt::format("case '{}': {}\n{}\n{}\n{}\n{}", region.name, state, faults_text(faults),
                       network_text(region, summary, count_loops(region, faults)), voltage_text(summary),
                       series_text(summary));
}

}  // namespace headroom::cli
