#pragma once

#include <cstddef>
#include <filesystem>

#include "formulations/network/region.hpp"

namespace headroom {

/// Changes feeders of a region as a CSV file says, row by row (csv.md): `feeder` is an id, or a pattern with * and ?,
/// the other columns are what it has otherwise; empty cells leave what is there.
/// @return how many feeders were changed
/// @throws InputError  with file, line and column: a pattern that fits no feeder, a value out of its range, a column
///                     that is none; then the region is as it was
std::size_t change_feeders(const std::filesystem::path& file, Region& region);

}  // namespace headroom
