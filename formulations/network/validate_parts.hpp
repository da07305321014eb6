#pragma once

#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "formulations/network/fault_list.hpp"
#include "formulations/network/region.hpp"
#include "formulations/network/validate.hpp"

namespace headroom {

// The parts that validate() is made of. All but check_lengths need a region whose structure is sound.

/// Beyond these no network and no market that we know of lies: such a value is a unit mistaken or a damaged file.
namespace plausible {
inline constexpr double voltage_max = 1e7;                             ///< V
inline constexpr double power_max = 1e12;                              ///< W or V A
inline constexpr double current_max = 1e7;                             ///< A
inline constexpr double length_max = 1e7;                              ///< m
inline constexpr double impedance_max = 1e6;                           ///< ohm, ohm per m
inline constexpr double impedance_min = 1e-9;                          ///< ohm; anything smaller is a switch
inline constexpr double price_max = 1e9;                               ///< currency per MWh, either sign
inline constexpr double slack_ratio_min = 0.5, slack_ratio_max = 1.5;  ///< slack voltage over base voltage
}  // namespace plausible

/// What is wrong with a row of a shared table: found once, told to every feeder that uses the row.
struct TableFault {
    std::string dataset, rule;
};
struct TableFaults {
    std::map<std::int32_t, TableFault> line_code, transformer, volt_var, tap_control;
};

/// The columns of /tap_control that hold numbers, with their names.
std::vector<std::pair<const char*, const std::vector<double>*>> tap_control_numbers(const TapControlColumns& control);
std::optional<TableFault> tap_control_fault(const Region& region, std::size_t row);

void check_lengths(const Region& region, FaultList& faults);
void check_order_ids(const Region& region, FaultList& faults);
TableFaults find_table_faults(const Region& region);
void check_table_use(const Region& region, std::size_t feeder, const TableFaults& table_faults, FaultList& faults);
void check_buses(const Region& region, std::size_t feeder, FaultList& faults);
void check_branches(const Region& region, std::size_t feeder, FaultList& faults);
void check_shunts(const Region& region, std::size_t feeder, FaultList& faults);
void check_customers(const Region& region, std::size_t feeder, FaultList& faults);
void check_orders(const Region& region, std::size_t feeder, FaultList& faults);
void check_series_values(const Region& region, std::size_t feeder, FaultList& faults);

/// Islands and phases without supply. @pre the feeder's branches themselves are sound
void check_topology(const Region& region, std::size_t feeder, FaultList& faults);

inline bool in_range(double value, double lowest, double highest) { return value >= lowest && value <= highest; }
inline bool absent_or_in_range(double value, double lowest, double highest) {
    return std::isnan(value) || in_range(value, lowest, highest);
}

/// "a", "bc", "abc neutral": the phases in words.
std::string phase_words(unsigned phases);

/// Bits of the phase terminals that the coils of one side of a transformer touch; neutral included.
unsigned terminal_bits(const TransformerColumns::Coils& coils);

}  // namespace headroom
