#include "io/cli/voltage_table.hpp"

#include <fmt/format.h>

#include <cmath>

#include "io/cli/flow_report.hpp"
#include "io/csv_text.hpp"

namespace headroom::cli {

namespace {

/// Ten digits: more than the power flow promises.
std::string number(double value) { return std::isnan(value) ? std::string() : fmt::format("{:.10g}", value); }

}  // namespace

VoltageTable::VoltageTable(const Region& region, const TerminalTable& terminals, std::size_t step)
    : region_(region), terminals_(terminals), step_(step), csv_("feeder,bus,phase,voltage_v,angle_deg,voltage_pu\n") {}

void VoltageTable::add(const StateBlock& block) {
    const std::size_t begin = step_ * static_cast<std::size_t>(block.terminal_count);
    for (std::int64_t t = 0; t < block.terminal_count; ++t) {
        const auto terminal = static_cast<std::size_t>(block.first_terminal + t),
                   at = begin + static_cast<std::size_t>(t);
        while (terminals_.first_of(region_, feeder_ + 1) <= static_cast<std::int64_t>(terminal)) ++feeder_;
        const auto bus = static_cast<std::size_t>(terminals_.bus[terminal]);
        csv_ += fmt::format("{},{},{},{},{},{}\n", csv_text(region_.feeder.id[feeder_]), csv_text(region_.bus.id[bus]),
                            conductor_name(terminals_.conductor[terminal]), number(block.voltage[at]),
                            number(block.angle[at]), number(block.voltage[at] / region_.bus.base_voltage[bus]));
    }
}

}  // namespace headroom::cli
