#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

#include "io/cli/congestion_report.hpp"
#include "io/cli/lines_shown.hpp"
#include "io/cli/row_text.hpp"
#include "io/cli/utc_text.hpp"
#include "io/report/counted.hpp"
#include "io/report/table.hpp"
#include "solver/statistics/wilson_interval.hpp"

namespace headroom::cli {

namespace {

/// "12.3 %" and "10.4 to 14.5 %"
std::string share_text(std::int32_t violated, std::int32_t samples) {
    return fmt::format("{:.1f} %", 100.0 * violated / samples);
}
std::string interval_text(std::int32_t violated, std::int32_t samples) {
    const Interval interval = wilson_interval(violated, samples);
    return fmt::format("{:.1f} to {:.1f} %", 100 * interval.lower, 100 * interval.upper);
}

/// Mean in V, or in percent of a rating.
std::string mean_text(const CongestionResult& result, const LimitAtRisk& limit) {
    const auto row = static_cast<std::size_t>(limit.row);
    const double mean = result.row_mean[static_cast<std::size_t>(limit.step) * result.rows.size() + row];
    return result.rows.branch[row] < 0 ? fmt::format("{:.1f} V", mean * result.rows.limit[row])
                                       : fmt::format("{:.1f} %", 100 * mean);
}

std::string more_text(std::size_t count, const char* what) {
    return count > lines_shown ? fmt::format("  and {} more {}\n", count - lines_shown, what) : "";
}

std::string limits_text(const CongestionResult& result, const CongestionNames& names,
                        const CongestionSummary& summary) {
    if (summary.limits.empty()) return "no sample passes a limit\n";
    Table table({{"limits at risk", Align::left},
                 {"limit", Align::right},
                 {"worst step", Align::left},
                 {"probability", Align::right},
                 {"95 % interval", Align::right},
                 {"mean value", Align::right},
                 {"expected h", Align::right}});
    for (std::size_t k = 0; k < std::min(summary.limits.size(), lines_shown); ++k) {
        const LimitAtRisk& limit = summary.limits[k];
        table.add({row_text(result.rows, names.row.bus, names.row.branch, limit.row),
                   limit_text(result.rows, limit.row), utc_text(names.start[static_cast<std::size_t>(limit.step)]),
                   share_text(limit.violated, result.sample_count), interval_text(limit.violated, result.sample_count),
                   mean_text(result, limit), fmt::format("{:.2f}", limit.hours)});
    }
    return table.text(2) + more_text(summary.limits.size(), "limits");
}

std::string items_text(const CongestionResult& result, const CongestionNames& names, const CongestionSummary& summary) {
    if (summary.at_risk.empty()) return "";
    Table table({{"steps at risk", Align::left},
                 {"feeder", Align::left},
                 {"any limit", Align::right},
                 {"95 % interval", Align::right},
                 {"limits passed", Align::right}});
    for (std::size_t k = 0; k < std::min(summary.at_risk.size(), lines_shown); ++k) {
        const ItemAtRisk& item = summary.at_risk[k];
        const auto step = static_cast<std::size_t>(item.step), feeder = static_cast<std::size_t>(item.feeder);
        table.add({utc_text(names.start[step]), names.feeder[feeder], share_text(item.violated, result.sample_count),
                   interval_text(item.violated, result.sample_count),
                   fmt::format("{:.2f}", result.violated_limits[step * result.feeder_count + feeder])});
    }
    return table.text(2) + more_text(summary.at_risk.size(), "steps");
}

}  // namespace

std::string summary_text(const CongestionSummary& summary) {
    return fmt::format(
        "{} (feeder and step): {} done, {}, {} without an answer\n"
        "{} with samples that pass limits; expected time with any limit passed: {:.2f} h, over all "
        "feeders\n",
        counted(summary.items, "item"), summary.done, counted(summary.flows, "power flow"), summary.diverged,
        counted(summary.items_at_risk, "item"), summary.hours);
}

std::string congestion_text(const CongestionResult& result, const CongestionNames& names) {
    const CongestionSummary summary = summarise(result, names.start, names.end);
    return fmt::format("{} (feeder and step): {} done, {} each, {} without an answer\n", counted(summary.items, "item"),
                       summary.done, counted(result.sample_count, "sample"), summary.diverged)
           + limits_text(result, names, summary) + items_text(result, names, summary)
           + fmt::format("expected time with any limit passed: {:.2f} h, over all feeders\n", summary.hours)
           + feeder_faults_text(result.feeder_fault, names.feeder);
}

}  // namespace headroom::cli
