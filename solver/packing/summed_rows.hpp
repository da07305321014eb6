#pragma once

#include <vector>

#include "solver/packing/nested_rows.hpp"

namespace headroom {

/// A packing problem whose rows are known through sums alone: written out they would have rows x limits entries.
struct SummedRows {
    NestedRows nested;
    std::vector<double> large_entry;  ///< [#row] one of its larger entries, the unit of its room; 0: it has none
};

}  // namespace headroom
