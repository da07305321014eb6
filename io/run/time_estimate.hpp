#pragma once

#include <cstdint>
#include <optional>

#include "io/case/case_outline.hpp"
#include "io/run/run_plan.hpp"
#include "io/run/shard_work.hpp"

namespace headroom {

/// How long one process will take to solve a plan, as far as a few of its feeders tell.
struct TimeEstimate {
    double seconds = 0;
    double lowest = 0, highest = 0;  ///< s, as the places alone tell that the feeders were taken from
    std::int64_t feeders = 0;        ///< that were solved to know it
};

/// Solves some feeders from the beginning, the middle and the end of the case, for a few seconds.
/// @param threads  of the process
/// @return nothing where no feeder came to an end in that time
/// @throws InputError  on a fault of a file
std::optional<TimeEstimate> estimate_time(const RunPlan& plan, const CaseOutline& outline, const ShardTask& task,
                                          int threads);

}  // namespace headroom
