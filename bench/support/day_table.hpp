#pragma once

#include <filesystem>

namespace headroom::bench {

/// A day of the European LV feeder against published values, minute by minute: power of the source, losses, and every
/// ten minutes the voltages of all customers; a Markdown table on standard output.
/// @return 0; 1 where a minute does not converge
int print_day_table(const std::filesystem::path& data);

}  // namespace headroom::bench
