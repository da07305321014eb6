#pragma once

#include <map>

#include "io/case/case_outline.hpp"
#include "io/run/journal.hpp"
#include "io/run/run_folder.hpp"
#include "io/run/run_plan.hpp"

namespace headroom {

/// Writes what makes the parts of a run one result (io/schema.md): the index, by which readers find a feeder or a
/// customer, and the report of all that is not solved.
/// @param done  of every shard
/// @throws OutputError, or InputError where a part is damaged
void finish_run(const RunFolder& folder, const RunPlan& plan, const CaseOutline& outline,
                const std::map<std::size_t, ShardRecord>& done);

}  // namespace headroom
