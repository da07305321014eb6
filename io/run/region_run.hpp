#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>

#include "io/case/case_outline.hpp"
#include "io/run/journal.hpp"
#include "io/run/run_plan.hpp"
#include "io/run/shard_pipeline.hpp"
#include "solver/batch/team.hpp"

namespace headroom {

/// A part of a run for one of several jobs that share its folder without knowing of each other.
struct Slice {
    int index = 0, count = 1;  ///< does the shards whose number is `index` modulo `count`
};

/// How a run over a region is made.
struct RegionRun {
    std::filesystem::path folder;
    bool resume = false;
    bool strict = false;
    bool overlap = true;
    Slice slice;
    ShardTask task;
    std::function<void(std::int64_t items)> begun = {};  ///< told how many items the whole team has before it
    ShardWatch watch;                                    ///< told of the items of this process
};

struct RegionOutcome {
    std::map<std::size_t, ShardRecord> done;  ///< shards whose parts stand in the folder
    std::size_t kept = 0;                     ///< of these, done before this run began
    bool complete = false;                    ///< all shards are done; index and report are written
    bool stopped = false;                     ///< asked to stop before that
};

/// Runs a plan in a folder with a team, every member calling with the same plan. Reads, solves and writes shard by
/// shard; then the first member writes index and report. Memory is that of three shards, or of one without overlap.
/// @throws UsageError, InputError, OutputError  on the member where it happened; the others return what was done
RegionOutcome run_region(const RunPlan& plan, const CaseOutline& outline, const RegionRun& run, Team& team);

}  // namespace headroom
