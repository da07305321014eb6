#pragma once

#include <cstdint>
#include <vector>

#include "formulations/network/region.hpp"

namespace headroom {

/// The terminals of a region as they stand in results: bus by bus as in /bus, phases a, b, c of each, then its neutral
/// where it has one.
struct TerminalTable {
    std::vector<std::int32_t> bus;        ///< [#terminal] row of /bus
    std::vector<std::int8_t> conductor;   ///< [#terminal] 0 to 3: a, b, c, neutral
    std::vector<std::int64_t> of_bus{0};  ///< [#bus + 1] first terminal

    std::size_t size() const { return bus.size(); }
    /// Row of the first terminal of a feeder, or behind the last one for feeder = #feeder.
    std::int64_t first_of(const Region& region, std::size_t feeder) const {
        return of_bus[static_cast<std::size_t>(region.feeder.bus_offset[feeder])];
    }
    /// Row of a terminal; of the bus's first one where it has no such conductor (a star point, say).
    std::int32_t row(std::int32_t bus_row, int conductor_number) const;
};

TerminalTable terminal_table(const Region& region);

}  // namespace headroom
