#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "io/run/journal.hpp"
#include "io/run/run_plan.hpp"

namespace headroom {

/// Seconds that each shard of a plan takes one process: of those that are done as they were measured, of the others
///
///     a cost + b raw_bytes,   a, b >= 0,
///
/// with the a and b that miss the measured ones by the smallest sum of squares of relative errors.
/// @return [#shard]; empty where none of the records has times
std::vector<double> shard_seconds(const RunPlan& plan, const std::map<std::size_t, ShardRecord>& done);

}  // namespace headroom
