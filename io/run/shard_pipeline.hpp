#pragma once

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "formulations/envelope/envelope_result.hpp"
#include "formulations/network/region.hpp"
#include "io/run/journal.hpp"
#include "io/run/run_metrics.hpp"
#include "io/run/run_plan.hpp"
#include "solver/batch/team.hpp"

namespace headroom {

/// How shards are worked off.
struct ShardWork {
    const RunPlan& plan;
    const RunFolder& folder;
    std::vector<std::size_t> shards;  ///< to be done, largest first; the team takes them in this order
    int writer = 0;                   ///< number of this process among those that write into the folder
    bool strict = false;              ///< a feeder with a fault is a fault of the file
    bool overlap = true;              ///< read the next shard and write the last one meanwhile
    /// @param faults  [#feeder] "" or why it must not be solved
    std::function<EnvelopeResult(const Region&, const SeriesSet&, const std::vector<std::string>& faults)> solve;
    const std::atomic<bool>* stop = nullptr;  ///< once true, no shard is begun
};

/// Takes shard after shard from the team: reads it from the case, solves it, writes its part, enters it in the journal.
/// A shard counts as done when its part is complete on disk under its name and the journal says so, not before.
/// @throws Stopped      where work.stop left shards undone; those that were solved are written
/// @throws InputError, OutputError  what reading and writing throw; shards done before stay
void work_off(const ShardWork& work, Team& team, RunMetrics& metrics);

}  // namespace headroom
