#pragma once

#include <cstdint>

#include "io/run/run_plan.hpp"
#include "io/run/shard_work.hpp"

namespace headroom {

/// Reads feeders of the case of a run and looks for faults.
/// @param strict  a feeder with a fault is a fault of the file
/// @throws InputError  on a fault of the file
ShardInput read_feeders(const RunPlan& plan, const ShardTask& task, std::int64_t first_feeder,
                        std::int64_t feeder_count, bool strict);

}  // namespace headroom
