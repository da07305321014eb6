#include "io/run/time_estimate.hpp"

#include <algorithm>
#include <atomic>

#include "io/clock.hpp"
#include "io/run/shard_input.hpp"
#include "io/run/shard_plan.hpp"
#include "solver/batch/run_batch.hpp"

namespace headroom {
namespace {

constexpr double patience_s = 5;  // after so long nothing more is begun
constexpr std::int64_t places = 3, feeders_per_thread = 6, feeders_most = 64;

double cost_of(const CaseOutline& outline, std::int64_t first, std::int64_t count) {
    double cost = 0;
    for (std::int64_t feeder = first; feeder < first + count; ++feeder)
        cost += feeder_cost(outline, static_cast<std::size_t>(feeder));
    return cost;
}

struct Sample {
    double seconds = 0;
    std::int64_t items = 0;  ///< that were solved in this time
};

Sample solve_for_a_while(ShardWork& work, Clock::time_point begin) {
    std::atomic<bool> stop = false;
    std::atomic<std::int64_t> items = 0;
    const auto start = Clock::now();
    try {
        work.solve({.solved =
                        [&](std::int64_t solved) {
                            items += solved;
                            if (seconds_since(begin) > patience_s) stop = true;
                        },
                    .stop = &stop});
    } catch (const Stopped&) {
        return {seconds_since(start), items};
    }
    return {seconds_since(start), items};
}

}  // namespace

std::optional<TimeEstimate> estimate_time(const RunPlan& plan, const CaseOutline& outline, const ShardTask& task,
                                          int threads) {
    if (!task.takes_any_feeders) return std::nullopt;
    const auto total = static_cast<std::int64_t>(outline.feeder_count()),
               steps = static_cast<std::int64_t>(outline.step_count());
    std::int64_t count = std::min(feeders_per_thread * threads, feeders_most), tried = places;
    if (total <= tried * count) count = total, tried = 1;
    TimeEstimate estimate;
    double cost = 0;
    const auto begin = Clock::now();
    for (std::int64_t place = 0; place < tried && seconds_since(begin) < patience_s; ++place) {
        const std::int64_t first = tried == 1 ? 0 : (total - count) * place / (tried - 1);
        const std::unique_ptr<ShardWork> work = task.begin(read_feeders(plan, task, first, count, false));
        const Sample sample = solve_for_a_while(*work, begin);
        estimate.seconds += sample.seconds;
        estimate.feeders += count;
        cost += cost_of(outline, first, count) * static_cast<double>(sample.items) / static_cast<double>(count * steps);
    }
    if (cost == 0) return std::nullopt;
    estimate.seconds *= cost_of(outline, 0, total) / cost;
    return estimate;
}

}  // namespace headroom
