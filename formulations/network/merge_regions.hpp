#pragma once

#include <vector>

#include "formulations/network/region.hpp"

namespace headroom {

/// Joins regions into one: their feeders one after the other, each with the rows it had, references counted anew.
///
/// Rows of /line_code, /transformer and /volt_var that are equal in all columns become one; a transformer with a tap
/// control, or with taps that a series moves, stays alone. Where rows that differ have the same identifier, the later
/// ones get "#2", "#3", ... Name and currency are those of the first. Time and memory grow with the rows: nothing is
/// copied twice, and a part is emptied as it is taken.
///
/// @pre at least one part; all are sound (validate_structure), have the same series with the same steps, all with
///      prices or all without, and feeders whose identifiers differ; all rows together fit int32
Region merge_regions(std::vector<Region> parts);

}  // namespace headroom
