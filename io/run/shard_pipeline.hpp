#pragma once

#include <cstddef>
#include <vector>

#include "io/run/journal.hpp"
#include "io/run/run_log.hpp"
#include "io/run/run_metrics.hpp"
#include "io/run/run_plan.hpp"
#include "io/run/shard_work.hpp"
#include "solver/batch/team.hpp"

namespace headroom {

/// Shards for one process to work off.
struct ShardLoad {
    const RunPlan& plan;
    const RunFolder& folder;
    const ShardTask& task;
    std::vector<std::size_t> shards;  ///< to be done, largest first; the team takes them in this order
    int writer = 0;                   ///< number of this process among those that write into the folder
    bool strict = false;              ///< a feeder with a fault is a fault of the file
    bool overlap = true;              ///< read the next shard and write the last one meanwhile
    ShardWatch watch;                 ///< once its stop is true, no shard is begun
};

/// Takes shard after shard from the team: reads it from the case, solves it, writes its part, enters it in the journal.
/// A shard counts as done when its part is complete on disk under its name and the journal says so, not before.
/// @throws Stopped      where a stop left shards undone; those that were solved are written
/// @throws InputError, OutputError  what reading and writing throw; shards done before stay
void work_off(const ShardLoad& load, Team& team, RunMetrics& metrics, RunLog& log);

}  // namespace headroom
