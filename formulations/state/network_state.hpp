#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "formulations/flow/ac_settings.hpp"
#include "formulations/network/region.hpp"
#include "formulations/state/state_result.hpp"
#include "formulations/state/terminal_table.hpp"

namespace headroom {

struct StateRun {
    int threads = 0;  ///< <= 0: all
    AcSettings settings = {};
    std::uint64_t block_bytes = std::uint64_t{256} << 20;   ///< of voltages and currents handed over at a time
    std::uint64_t feeder_bytes = std::uint64_t{2} << 30;    ///< of those of one feeder, which are never parted
    std::function<void(std::int64_t items)> finished = {};  ///< called from any thread after some items; may be empty
    /// Is given all voltages and currents, feeders in their order; empty: nobody asks for them.
    std::function<void(const StateBlock&)> keep = {};
};

/// The AC power flow (ac_power_flow.md) of every feeder and step of one series at the forecast: each customer, active
/// or not, at its P and Q, Volt-VAr curves followed, taps as they stand. Feeders may be meshed. The same bytes for any
/// number of threads.
/// @param terminals  of the region
/// @param faults     [#feeder] from validate(): "" or why the feeder must not be solved
/// @throws std::invalid_argument  where voltages and currents of a feeder would take more than StateRun::feeder_bytes
StateResult network_state(const Region& region, const SeriesSet& series, const TerminalTable& terminals,
                          const std::vector<std::string>& faults, const StateRun& run);

}  // namespace headroom
