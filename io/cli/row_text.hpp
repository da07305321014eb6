#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "formulations/envelope/envelope_result.hpp"

namespace headroom::cli {

/// "voltage_max at bus 'b' phase a", "branch_phase of branch 'l5' phase c": a limit of the network in words.
/// @param bus, branch  [#row] ids; "" for the branch of a voltage
std::string row_text(const RowTable& rows, std::span<const std::string> bus, std::span<const std::string> branch,
                     std::int32_t row);

/// "253.0 V", "69.0 kVA"
std::string limit_text(const RowTable& rows, std::int32_t row);

/// "2 feeders with a fault:" and the first ten; empty where no feeder has one.    @param fault, id  [#feeder]
std::string feeder_faults_text(std::span<const std::string> fault, std::span<const std::string> id);

}  // namespace headroom::cli
