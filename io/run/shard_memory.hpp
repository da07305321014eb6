#pragma once

#include <cstdint>
#include <vector>

#include "io/case/case_outline.hpp"
#include "io/run/run_plan.hpp"
#include "io/run/shard_plan.hpp"

namespace headroom {

/// Memory of a process that works through a plan, estimated from the largest shard (region_run.md).
struct MemoryNeed {
    double alone = 0;       ///< byte, one shard at a time
    double overlapped = 0;  ///< byte, the next one read and the last one written beside it
};

/// What a thread does with its feeder.
enum class FeederWork {
    filling,       ///< linear rows, filled
    concave,       ///< linear rows, through the convex solver
    linearised,    ///< rows linearised in AC
    correction,    ///< envelopes made secure in AC
    replay,        ///< worst points of envelopes
    forecast,      ///< samples of power flows
    market,        ///< orders on linear rows
    market_in_ac,  ///< orders whose limits hold in AC
};

/// What shards of a verb hold, beside what the plan says of them.
struct ShardContents {
    FeederWork work;
    ResultSize size;                      ///< of results; in place of per_bus counts per_limit
    std::uint64_t per_limit = 0;          ///< byte of results for each limit and step
    std::uint64_t read_per_customer = 0;  ///< byte for each step, of a result that is read beside the case
    std::uint64_t samples = 0;            ///< of power flows, that one thread keeps of each limit
    bool is_joint = false;                ///< limits of reactive power beside those of active power
    bool is_concave = false;              ///< also where `work` is in AC
};

/// @param limits  [#feeder] as count_limits() has them
MemoryNeed memory_need(const CaseOutline& outline, const RunPlan& plan, int threads, const ShardContents& contents,
                       const std::vector<std::int64_t>& limits);

}  // namespace headroom
