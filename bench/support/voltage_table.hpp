#pragma once

#include <filesystem>

namespace headroom::bench {

/// Largest difference between the AC power flow's voltages and published ones, case by case, as a Markdown page on
/// standard output.
/// @return 0; 1 where a case cannot be read, does not converge or misses nodes
int print_voltage_table(const std::filesystem::path& data);

}  // namespace headroom::bench
