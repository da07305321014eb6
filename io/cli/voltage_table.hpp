#pragma once

#include <string>

#include "formulations/state/state_result.hpp"
#include "formulations/state/terminal_table.hpp"

namespace headroom::cli {

/// The node voltages of one step as CSV: feeder, bus, phase (a, b, c, n), voltage_v and angle_deg to ground, voltage_pu
/// over the bus's base voltage, one line per terminal in the order of the case. Cells of what has no voltage are empty.
class VoltageTable {
public:
    /// @param region, terminals  must outlive this
    VoltageTable(const Region& region, const TerminalTable& terminals, std::size_t step);

    /// @pre blocks come one after the other, feeders in their order
    void add(const StateBlock& block);
    const std::string& csv() const { return csv_; }

private:
    const Region& region_;
    const TerminalTable& terminals_;
    std::size_t step_, feeder_ = 0;
    std::string csv_;
};

}  // namespace headroom::cli
