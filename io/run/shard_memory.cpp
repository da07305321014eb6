#include "io/run/shard_memory.hpp"

#include <algorithm>

namespace headroom {
namespace {

// Bytes, as measured: columns of a region and rows of a table; then what a thread needs for the largest feeder, in AC
// for the voltages of the points that it looks at.
constexpr double per_bus = 700, per_customer = 700, per_customer_step = 16, program = 40e6, per_thread = 40e6,
                 linear_per_bus = 8e3, ac_per_bus = 100e3;

double largest_feeder(const CaseOutline& outline) {
    std::int64_t largest = 0;
    for (std::size_t feeder = 0; feeder < outline.feeder_count(); ++feeder)
        largest = std::max(largest, outline.bus_offset[feeder + 1] - outline.bus_offset[feeder]);
    return static_cast<double>(largest);
}

}  // namespace

MemoryNeed memory_need(const CaseOutline& outline, const RunPlan& plan, int threads, bool ac) {
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
    const double base = program + threads * (per_thread + (ac ? ac_per_bus : linear_per_bus) * largest_feeder(outline));
    return {.alone = base + largest, .overlapped = base + 2 * largest + largest_input};
}

}  // namespace headroom
