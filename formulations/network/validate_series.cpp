#include <fmt/format.h>

#include "formulations/network/validate_parts.hpp"

namespace headroom {
namespace {

/// Values [step x column] of one dataset of one series, of which the columns [first, last) belong to the feeder.
struct Block {
    std::string dataset;
    const std::vector<double>& values;
    std::size_t steps, columns, first, last;
};

/// Reports the first value that breaks the rule and how many do: a meter that failed for a day is one fault, not 96.
template <class Sound, class Describe>
void check_block(const Block& block, FaultList& faults, Sound sound, Describe describe) {
    std::size_t broken = 0, step = 0, column = 0;
    for (std::size_t t = 0; t < block.steps; ++t)
        for (std::size_t c = block.first; c < block.last; ++c) {
            if (sound(block.values[t * block.columns + c], c)) continue;
            if (broken++ == 0) {
                step = t;
                column = c;
            }
        }
    if (broken == 0) return;
    const auto [rule, kind, id] = describe(column);
    const double value = block.values[step * block.columns + column];
    std::string text = fmt::format("{}, is {}", rule, value);
    if (broken > 1) text += fmt::format(" (first of {} values)", broken);
    faults.add(block.dataset, static_cast<std::int64_t>(step), std::move(text), kind, id);
}

struct Description {
    std::string rule;
    std::string_view kind, id;
};

void check_forecasts(const Region& region, const SeriesSet& series, std::size_t feeder, FaultList& faults) {
    const auto first = static_cast<std::size_t>(region.feeder.customer_offset[feeder]);
    const auto last = static_cast<std::size_t>(region.feeder.customer_offset[feeder + 1]);
    for (const auto& [name, values] :
         {std::pair{"p_forecast", &series.p_forecast}, std::pair{"q_forecast", &series.q_forecast}})
        check_block(
            {fmt::format("/series/{}/{}", series.name, name), *values, series.step_count(), region.customer_count(),
             first, last},
            faults, [](double v, std::size_t) { return in_range(v, -plausible::power_max, plausible::power_max); },
            [&](std::size_t c) {
                return Description{fmt::format("must lie in [-{0:g}, {0:g}]", plausible::power_max), "customer",
                                   region.customer.id[c]};
            });
}

void check_slack(const Region& region, const SeriesSet& series, std::size_t feeder, FaultList& faults) {
    const std::size_t columns = 3 * region.feeder_count();
    const auto slack = static_cast<std::size_t>(region.feeder.slack_bus[feeder]);
    const double base = region.bus.base_voltage[slack];
    const double lowest = plausible::slack_ratio_min * base, highest = plausible::slack_ratio_max * base;
    const auto absent = [&](std::size_t c) { return !(region.bus.phases[slack] & (1U << (c % 3))); };
    check_block(
        {fmt::format("/series/{}/slack_voltage", series.name), series.slack_voltage, series.step_count(), columns,
         3 * feeder, 3 * feeder + 3},
        faults, [&](double v, std::size_t c) { return absent(c) || (v > 0 && in_range(v, lowest, highest)); },
        [&](std::size_t c) {
            return Description{fmt::format("phase {} must lie in [{}, {}] V (0.5 to 1.5 of the slack bus's base)",
                                           "abc"[c % 3], lowest, highest),
                               "feeder",
                               {}};
        });
    check_block(
        {fmt::format("/series/{}/slack_angle", series.name), series.slack_angle, series.step_count(), columns,
         3 * feeder, 3 * feeder + 3},
        faults, [&](double v, std::size_t c) { return absent(c) || in_range(v, -1e4, 1e4); },
        [](std::size_t c) {
            return Description{fmt::format("phase {} must lie in [-10000, 10000] degrees", "abc"[c % 3]), "feeder", {}};
        });
}

/// Those of the feeder's own branches, in service or not.
void check_taps(const Region& region, const SeriesSet& series, std::size_t feeder, FaultList& faults) {
    for (auto k = region.feeder.branch_offset[feeder]; k < region.feeder.branch_offset[feeder + 1]; ++k) {
        if (region.branch.transformer[k] < 0) continue;
        const auto row = static_cast<std::size_t>(region.branch.transformer[k]);
        check_block(
            {fmt::format("/series/{}/to_tap", series.name), series.to_tap, series.step_count(),
             3 * region.transformer.id.size(), 3 * row, 3 * row + 3},
            faults, [](double v, std::size_t) { return in_range(v, 0.1, 10); },
            [&](std::size_t c) {
                return Description{fmt::format("coil {} must lie in [0.1, 10]", c % 3), "transformer",
                                   region.transformer.id[row]};
            });
    }
}

}  // namespace

void check_series_values(const Region& region, std::size_t feeder, FaultList& faults) {
    for (const SeriesSet& series : region.series) {
        check_forecasts(region, series, feeder, faults);
        check_slack(region, series, feeder, faults);
        if (!series.to_tap.empty()) check_taps(region, series, feeder, faults);
        if (series.price.empty()) continue;
        check_block(
            {fmt::format("/series/{}/price", series.name), series.price, series.step_count(), region.feeder_count(),
             feeder, feeder + 1},
            faults, [](double v, std::size_t) { return in_range(v, -plausible::price_max, plausible::price_max); },
            [](std::size_t) {
                return Description{
                    fmt::format("must lie in [-{0:g}, {0:g}] per MWh", plausible::price_max), "feeder", {}};
            });
    }
}

}  // namespace headroom
