#include "io/run/shard_memory.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <vector>

namespace headroom {
namespace {

// Bytes, as measured: columns of a region and rows of a table; then what a thread needs for its feeder, in a correction
// for the points that it looks at, of which there are the more the more customers are active.
constexpr double per_bus = 700, per_customer = 700, per_customer_step = 16, program = 40e6, per_thread = 40e6,
                 rows_per_bus = 2.5e3;

double of_feeder(const CaseOutline& outline, std::size_t feeder, FeederWork work) {
    const auto buses = static_cast<double>(outline.bus_offset[feeder + 1] - outline.bus_offset[feeder]);
    switch (work) {
        case FeederWork::linear: return 8e3 * buses;
        case FeederWork::power_flows: return 125e3 * buses;
        case FeederWork::correction: break;
    }
    return 4e3 * buses + 850e3 * static_cast<double>(outline.active_count[feeder]);
}

/// Of the feeders that threads solve at the same time: the largest of all, and each thread one of its own where there
/// are many. Where there are few, threads share a feeder and each has its arrays for it.
double of_feeders_at_work(const CaseOutline& outline, std::size_t threads, FeederWork work) {
    std::vector<double> need(outline.feeder_count());
    for (std::size_t feeder = 0; feeder < need.size(); ++feeder) need[feeder] = of_feeder(outline, feeder, work);
    std::ranges::sort(need, std::greater());
    if (need.empty()) return 0;
    if (need.size() < 2 * threads) return static_cast<double>(threads) * need.front();
    return std::accumulate(need.begin(), need.begin() + static_cast<std::ptrdiff_t>(threads), 0.0);
}

}  // namespace

MemoryNeed memory_need(const CaseOutline& outline, const RunPlan& plan, int threads, FeederWork work) {
    double largest = 0, largest_input = 0, most_rows = 0;
    for (const Shard& shard : plan.shards) {
        const auto first = static_cast<std::size_t>(shard.first_feeder),
                   last = first + static_cast<std::size_t>(shard.feeder_count);
        const auto buses = static_cast<double>(outline.bus_offset[last] - outline.bus_offset[first]),
                   customers = static_cast<double>(outline.customer_offset[last] - outline.customer_offset[first]);
        const double input =
            per_bus * buses + customers * (per_customer + per_customer_step * static_cast<double>(plan.step_count));
        largest_input = std::max(largest_input, input);
        const double rows = work == FeederWork::correction ? rows_per_bus * buses : 0;  // of all its feeders at once
        largest = std::max(largest, input + static_cast<double>(shard.raw_bytes));
        most_rows = std::max(most_rows, rows);
    }
    const double base = program + threads * per_thread + most_rows
                        + of_feeders_at_work(outline, static_cast<std::size_t>(threads), work);
    const std::size_t shards = plan.shards.size();
    return {.alone = base + largest,
            .overlapped = base + (shards > 1 ? 2 * largest : largest) + (shards > 2 ? largest_input : 0)};
}

}  // namespace headroom
