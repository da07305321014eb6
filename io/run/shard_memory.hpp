#pragma once

#include "io/case/case_outline.hpp"
#include "io/run/run_plan.hpp"

namespace headroom {

/// Memory of a process that works through a plan, estimated from the largest shard.
struct MemoryNeed {
    double alone = 0;       ///< byte, one shard at a time
    double overlapped = 0;  ///< byte, the next one read and the last one written beside it
};

/// What a thread does with its feeder: linear rows alone, power flows, or envelopes that are made secure in them.
enum class FeederWork { linear, power_flows, correction };

MemoryNeed memory_need(const CaseOutline& outline, const RunPlan& plan, int threads, FeederWork work);

}  // namespace headroom
