#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "formulations/network/validate.hpp"
#include "io/run/run_plan.hpp"
#include "io/run/shard_work.hpp"

namespace headroom {

/// Reads feeders of the case of a run and looks for faults.
/// @param strict  a feeder with a fault is a fault of the file
/// @throws InputError  on a fault of the file
ShardInput read_feeders(const RunPlan& plan, const ShardTask& task, std::int64_t first_feeder,
                        std::int64_t feeder_count, bool strict);

/// [#feeder] the first fault of each.
/// @param source  what is at fault, to begin a message with
/// @throws InputError  where one is of the file, or any where the case must be whole
std::vector<std::string> shard_faults(const std::vector<Fault>& found, std::size_t feeder_count,
                                      const std::string& source, bool strict);

}  // namespace headroom
