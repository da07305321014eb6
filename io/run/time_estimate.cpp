#include "io/run/time_estimate.hpp"

#include <algorithm>

#include "io/clock.hpp"
#include "io/run/shard_input.hpp"
#include "io/run/shard_plan.hpp"

namespace headroom {
namespace {

constexpr double patience_s = 5;  // no further place is tried after so long
constexpr std::int64_t places = 3, feeders_per_thread = 6;

double cost_of(const CaseOutline& outline, std::int64_t first, std::int64_t count) {
    double cost = 0;
    for (std::int64_t feeder = first; feeder < first + count; ++feeder)
        cost += feeder_cost(outline, static_cast<std::size_t>(feeder));
    return cost;
}

}  // namespace

std::optional<TimeEstimate> estimate_time(const RunPlan& plan, const CaseOutline& outline, const ShardTask& task,
                                          int threads) {
    if (!task.takes_any_feeders) return std::nullopt;
    const auto total = static_cast<std::int64_t>(outline.feeder_count()),
               count = std::min(total, feeders_per_thread * threads);
    TimeEstimate estimate;
    double cost = 0;
    const auto begin = Clock::now();
    for (std::int64_t place = 0; place < places && seconds_since(begin) < patience_s; ++place) {
        const std::int64_t first = (total - count) * place / (places - 1);
        const std::unique_ptr<ShardWork> work = task.begin(read_feeders(plan, task, first, count, false));
        const auto start = Clock::now();
        work->solve({});
        estimate.seconds += seconds_since(start);
        estimate.feeders += count;
        cost += cost_of(outline, first, count);
    }
    estimate.seconds *= cost_of(outline, 0, total) / cost;
    return estimate;
}

}  // namespace headroom
