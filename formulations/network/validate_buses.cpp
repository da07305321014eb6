#include <fmt/format.h>

#include "formulations/network/validate_parts.hpp"

namespace headroom {

std::string phase_words(unsigned phases) {
    std::string words;
    for (unsigned k = 0; k < 3; ++k)
        if (phases & (1U << k)) words += "abc"[k];
    if (phases & phase::neutral) words += words.empty() ? "neutral" : " neutral";
    return words.empty() ? "none" : words;
}

void check_buses(const Region& region, std::size_t feeder, FaultList& faults) {
    const BusColumns& bus = region.bus;
    for (auto row = region.feeder.bus_offset[feeder]; row < region.feeder.bus_offset[feeder + 1]; ++row) {
        const auto i = static_cast<std::size_t>(row);
        const auto add = [&](const char* dataset, std::string rule) {
            faults.add(dataset, row, std::move(rule), "bus", bus.id[i]);
        };
        const unsigned phases = bus.phases[i];
        if (phases > 15U || (phases & phase::abc) == 0)
            add("/bus/phases",
                fmt::format("must hold phases out of the bits 1 (a), 2 (b), 4 (c), 8 (neutral), is {}", phases));
        if (!(bus.base_voltage[i] > 0 && bus.base_voltage[i] <= plausible::voltage_max))
            add("/bus/base_voltage",
                fmt::format("must be positive and at most {} V, is {}", plausible::voltage_max, bus.base_voltage[i]));
        if (!in_range(bus.voltage_min[i], 0, plausible::voltage_max))
            add("/bus/voltage_min",
                fmt::format("must lie in [0, {}] V, is {}", plausible::voltage_max, bus.voltage_min[i]));
        if (!in_range(bus.voltage_max[i], 0, plausible::voltage_max))
            add("/bus/voltage_max",
                fmt::format("must lie in [0, {}] V, is {}", plausible::voltage_max, bus.voltage_max[i]));
        else if (bus.voltage_max[i] <= bus.voltage_min[i])
            add("/bus/voltage_max",
                fmt::format("must be above voltage_min {}, is {}", bus.voltage_min[i], bus.voltage_max[i]));
        if (std::isinf(bus.x[i])) add("/bus/x", "must be finite or NaN");
        if (std::isinf(bus.y[i])) add("/bus/y", "must be finite or NaN");
    }
    const auto slack = static_cast<std::size_t>(region.feeder.slack_bus[feeder]);
    if ((bus.phases[slack] & phase::abc) == 0)
        faults.add("/feeder/slack_bus", static_cast<std::int64_t>(feeder), "the slack bus must have a phase", "feeder",
                   {});
}

}  // namespace headroom
