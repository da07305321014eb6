#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "formulations/network/region.hpp"

namespace headroom {

/// One broken rule, in words a planner can act on.
struct Fault {
    std::string dataset;      ///< "/branch/length"
    std::int64_t row = -1;    ///< row of that dataset, -1: the dataset as a whole
    std::int64_t feeder = -1; ///< the feeder it stays inside of; -1: the file or its indexing is at fault
    std::string rule;         ///< "must be positive, is -3"
    std::string message() const;  ///< "/branch/length row 17 (branch 'l5' of feeder 'f1'): must be positive, is -3"
    std::string name;         ///< "branch 'l5' of feeder 'f1'"; may be empty
};

/// All faults of a region, columns first, then the rules inside each feeder (values, islands, loops).
///
/// A fault with feeder = -1 makes the region unusable (column lengths, offsets, dangling references, duplicate ids, no
/// steps); then the checks that rely on indexing are not made. Every other fault concerns one feeder alone
/// (DEFINITIONS: status invalid_input). Never throws; looks at every value once.
std::vector<Fault> validate(const Region& region);

}  // namespace headroom
