#include "io/run/shard_memory.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <vector>

namespace headroom {
namespace {

// Bytes, as measured: columns of a region and rows of a table; then what a thread needs for its feeder, in AC for the
// voltages of the points that it looks at, with 40 % of customers active.
constexpr double per_bus = 700, per_customer = 700, per_customer_step = 16, program = 40e6, per_thread = 40e6,
                 linear_per_bus = 8e3, ac_per_bus = 125e3;

/// Buses of the feeders that threads solve at the same time: the largest of all, and each thread one of its own where
/// there are many. Where there are few, threads share a feeder and each has its arrays for it.
double buses_at_work(const CaseOutline& outline, std::size_t threads) {
    std::vector<std::int64_t> buses(outline.feeder_count());
    for (std::size_t feeder = 0; feeder < buses.size(); ++feeder)
        buses[feeder] = outline.bus_offset[feeder + 1] - outline.bus_offset[feeder];
    std::ranges::sort(buses, std::greater());
    if (buses.empty()) return 0;
    if (buses.size() < 2 * threads) return static_cast<double>(threads) * static_cast<double>(buses.front());
    return static_cast<double>(
        std::accumulate(buses.begin(), buses.begin() + static_cast<std::ptrdiff_t>(threads), std::int64_t{0}));
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
    const double base =
        program + threads * per_thread
        + (ac ? ac_per_bus : linear_per_bus) * buses_at_work(outline, static_cast<std::size_t>(threads));
    const std::size_t shards = plan.shards.size();
    return {.alone = base + largest,
            .overlapped = base + (shards > 1 ? 2 * largest : largest) + (shards > 2 ? largest_input : 0)};
}

}  // namespace headroom
