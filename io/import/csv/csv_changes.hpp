#pragma once

#include <filesystem>

#include "formulations/network/region.hpp"
#include "io/import/csv/change_lines.hpp"

namespace headroom {

/// Changes feeders of a region as a CSV file says, row by row (csv.md): `feeder` is an id, or a pattern with * and ?,
/// the other columns are what it has otherwise; empty cells leave what is there.
/// @return which lines changed which feeders
/// @throws InputError  with file, line and column: a pattern that fits no feeder, a value out of its range, a column
///                     that is none; then the region is as it was
ChangeLines change_feeders(const std::filesystem::path& file, Region& region);

}  // namespace headroom
