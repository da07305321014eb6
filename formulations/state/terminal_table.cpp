#include "formulations/state/terminal_table.hpp"

namespace headroom {

std::int32_t TerminalTable::row(std::int32_t bus_row, int conductor_number) const {
    const auto b = static_cast<std::size_t>(bus_row);
    for (std::int64_t t = of_bus[b]; t < of_bus[b + 1]; ++t)
        if (conductor[static_cast<std::size_t>(t)] == conductor_number) return static_cast<std::int32_t>(t);
    return static_cast<std::int32_t>(of_bus[b]);
}

TerminalTable terminal_table(const Region& region) {
    TerminalTable table;
    for (std::size_t b = 0; b < region.bus_count(); ++b) {
        for (int c = 0; c < conductor_count; ++c) {
            if ((region.bus.phases[b] >> c & 1) == 0) continue;
            table.bus.push_back(static_cast<std::int32_t>(b));
            table.conductor.push_back(static_cast<std::int8_t>(c));
        }
        table.of_bus.push_back(static_cast<std::int64_t>(table.bus.size()));
    }
    return table;
}

}  // namespace headroom
