#pragma once

#include <cstddef>
#include <map>

#include "io/run/journal.hpp"
#include "io/run/run_folder.hpp"
#include "io/run/run_plan.hpp"

namespace headroom {

/// Makes the folder of a run and writes its plan; or, to resume, checks that the plan is still the same and finds the
/// shards that are done: those whose part files are what the journals say, and those that a kill kept out of them.
/// @param outline  ids of the feeders, to know a part by
/// @param alone    nobody else works in the folder: what kills left of unfinished files is removed
/// @return records of the shards that are done
/// @throws UsageError   where the folder holds a run already and none is to be resumed, or another one
/// @throws OutputError  where the folder cannot be written to, or has no room for one part
std::map<std::size_t, ShardRecord> open_run(const RunFolder& folder, const RunPlan& plan, const CaseOutline& outline,
                                            bool resume, bool alone);

/// The record of a part that stands in the folder, made anew from the file.
/// @throws InputError  where it is damaged or belongs to another run
ShardRecord record_part(const RunFolder& folder, const RunPlan& plan, const CaseOutline& outline, std::size_t shard);

}  // namespace headroom
