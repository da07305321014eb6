#include "io/cli/generate_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "io/cli/utc_text.hpp"
#include "io/report/counted.hpp"
#include "io/report/region_summary.hpp"

namespace headroom::cli {

namespace {

constexpr std::int64_t large_buses = 1000;

/// "9800 regular, 40 insecure, ..."; kinds without feeders are left out.
std::string kinds_text(const RegionPlan& plan) {
    std::string text;
    for (std::size_t k = 0; k < feeder_kind_count; ++k)
        if (plan.of_kind[k] > 0)
            text += fmt::format("{}{} {}", text.empty() ? "" : ", ", plan.of_kind[k],
                                kind_name(static_cast<FeederKind>(k)));
    return text;
}

std::int64_t large_feeders(const Region& region) {
    const auto& offset = region.feeder.bus_offset;
    std::int64_t count = 0;
    for (std::size_t f = 0; f < region.feeder_count(); ++f) count += offset[f + 1] - offset[f] > large_buses;
    return count;
}

double mean(std::int64_t total, std::int64_t feeders) {
    return static_cast<double>(total) / static_cast<double>(feeders);
}

std::string time_text(std::int64_t steps, std::int64_t seconds, std::int64_t start) {
    return fmt::format("{} of {} s from {}", counted(steps, "step"), seconds, utc_text(start));
}

}  // namespace

std::string plan_text(const GenerateOptions& options, const RegionPlan& plan) {
    const GeneratorSettings& settings = options.settings;
    const double series_gb = static_cast<double>(planned_bytes(settings, plan)) / 1e9;
    return fmt::format(
        "seed {}: {} ({}), {}, {}\n"
        "{:.2f} GB in memory\n",
        settings.seed, counted(plan.feeders, "feeder"), kinds_text(plan), counted(plan.customers, "customer"),
        time_text(settings.step_count, settings.step_seconds, settings.start), series_gb);
}

std::string generated_text(const Region& region, const RegionPlan& plan) {
    const RegionSummary summary = summarise(region);
    const SeriesSummary& series = summary.series.front();
    return fmt::format(
        "{}: {}{}\n"
        "{}, {:.0f} per feeder; {} above {}\n"
        "{}, {:.1f} per feeder; {} active\n"
        "{}{}\n",
        counted(summary.feeders, "feeder"), plan.feeders > summary.feeders ? "joined from " : "", kinds_text(plan),
        counted(summary.buses, "bus"), mean(summary.buses, summary.feeders), counted(large_feeders(region), "feeder"),
        large_buses, counted(summary.customers, "customer"), mean(summary.customers, summary.feeders),
        summary.customers_active, region.order_count() > 0 ? counted(region.order_count(), "order") + "\n" : "",
        time_text(series.steps, series.step_longest, series.start));
}

std::string generated_json(const Region& region, const RegionPlan& plan, const GenerateOptions& options) {
    const RegionSummary summary = summarise(region);
    const SeriesSummary& series = summary.series.front();
    nlohmann::ordered_json json{{"kind", "generated"},
                                {"name", region.name},
                                {"seed", options.settings.seed},
                                {"first_feeder", options.settings.feeder_first},
                                {"feeders", summary.feeders},
                                {"feeders_above_1000_buses", large_feeders(region)},
                                {"buses", summary.buses},
                                {"branches", summary.branches},
                                {"customers", summary.customers},
                                {"customers_active", summary.customers_active},
                                {"steps", series.steps},
                                {"start", utc_text(series.start)},
                                {"step_s", series.step_longest},
                                {"prices", series.has_prices},
                                {"orders", region.order_count()}};
    for (std::size_t k = 0; k < feeder_kind_count; ++k)
        json["feeders_of_kind"][std::string(kind_name(static_cast<FeederKind>(k)))] = plan.of_kind[k];
    return json.dump(2);
}

}  // namespace headroom::cli
