#include "io/run/shard_memory.hpp"

#include <algorithm>

namespace headroom {
namespace {

// Bytes that were measured: columns of a region and rows of a table per bus and customer, workspaces per thread.
constexpr double per_bus = 700, per_customer = 700, per_customer_step = 16, per_thread = 100e6, program = 60e6;

}  // namespace

MemoryNeed memory_need(const CaseOutline& outline, const RunPlan& plan, int threads) {
    double largest = 0, largest_input = 0;
    for (const Shard& shard : plan.shards) {
        const auto first = static_cast<std::size_t>(shard.first_feeder),
                   last = first + static_cast<std::size_t>(shard.feeder_count);
        const auto buses = static_cast<double>(outline.bus_offset[last] - outline.bus_offset[first]),
                   customers = static_cast<double>(outline.customer_offset[last] - outline.customer_offset[first]);
        const double input =
            per_bus * buses + customers * (per_customer + per_customer_step * static_cast<double>(plan.step_count));
        largest_input = std::max(largest_input, input);
        largest = std::max(largest, input + static_cast<double>(shard.raw_bytes));
    }
    const double base = program + per_thread * threads;
    return {.alone = base + largest, .overlapped = base + 2 * largest + largest_input};
}

}  // namespace headroom
