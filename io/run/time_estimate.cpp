#include "io/run/time_estimate.hpp"

#include <algorithm>
#include <atomic>
#include <vector>

#include "io/clock.hpp"
#include "io/run/shard_input.hpp"
#include "io/run/shard_plan.hpp"
#include "solver/batch/run_batch.hpp"

namespace headroom {
namespace {

constexpr double patience_s = 5;  // for all places together
constexpr std::int64_t places = 3, feeders_per_thread = 6, feeders_most = 64;

/// Consecutive feeders of one shard.
struct FeederRange {
    std::size_t shard;
    std::int64_t first, count;
};

/// Work is done shard by shard, and some of it reads a part of another run.
std::vector<FeederRange> within_shards(const RunPlan& plan, std::int64_t first, std::int64_t count) {
    std::vector<FeederRange> ranges;
    for (std::size_t shard = 0; shard < plan.shards.size(); ++shard) {
        const Shard& whole = plan.shards[shard];
        const std::int64_t begin = std::max(first, whole.first_feeder),
                           end = std::min(first + count, whole.first_feeder + whole.feeder_count);
        if (begin < end) ranges.push_back({shard, begin, end - begin});
    }
    return ranges;
}

double cost_of(const CaseOutline& outline, std::int64_t first, std::int64_t count) {
    double cost = 0;
    for (std::int64_t feeder = first; feeder < first + count; ++feeder)
        cost += feeder_cost(outline, static_cast<std::size_t>(feeder));
    return cost;
}

/// What was solved, and how long it took.
struct Sample {
    double seconds = 0, cost = 0;  ///< the latter in the unit of Shard::cost
    std::int64_t feeders = 0;
};

/// @return items that were solved
std::int64_t solve_until(ShardWork& work, Clock::time_point begin, double most_s) {
    std::atomic<bool> stop = false;
    std::atomic<std::int64_t> items = 0;
    try {
        work.solve({.solved =
                        [&](std::int64_t solved) {
                            items += solved;
                            if (seconds_since(begin) > most_s) stop = true;
                        },
                    .stop = &stop});
    } catch (const Stopped&) {
        return items;
    }
    return items;
}

Sample sample_of(const RunPlan& plan, const CaseOutline& outline, const ShardTask& task, std::int64_t first,
                 std::int64_t count, double most_s) {
    Sample sample;
    for (const FeederRange& range : within_shards(plan, first, count)) {
        if (sample.seconds > most_s) break;
        ShardInput input = read_feeders(plan, task, range.first, range.count, false);
        input.shard = range.shard;
        const std::unique_ptr<ShardWork> work = task.begin(std::move(input));
        const auto start = Clock::now();
        const std::int64_t items = solve_until(*work, start, most_s - sample.seconds);
        sample.seconds += seconds_since(start);
        sample.cost += cost_of(outline, range.first, range.count) * static_cast<double>(items)
                       / static_cast<double>(range.count * plan.step_count);
        sample.feeders += range.count;
    }
    return sample;
}

/// As many feeders as tell something, from places that lie far apart; all of them if that is not more.
std::vector<Sample> samples_of(const RunPlan& plan, const CaseOutline& outline, const ShardTask& task, int threads) {
    const std::int64_t total = plan.feeder_count, count = std::min({feeders_per_thread * threads, feeders_most, total});
    if (total <= places * count) return {sample_of(plan, outline, task, 0, total, patience_s)};
    std::vector<Sample> samples;
    for (std::int64_t place = 0; place < places; ++place)
        samples.push_back(sample_of(plan, outline, task, (total - count) * place / (places - 1), count,
                                    patience_s / static_cast<double>(places)));
    return samples;
}

}  // namespace

std::optional<TimeEstimate> estimate_time(const RunPlan& plan, const CaseOutline& outline, const ShardTask& task,
                                          int threads) {
    const double total_cost = cost_of(outline, 0, plan.feeder_count);
    TimeEstimate estimate;
    Sample all;
    for (const Sample& sample : samples_of(plan, outline, task, threads)) {
        all.seconds += sample.seconds;
        all.cost += sample.cost;
        estimate.feeders += sample.feeders;
        if (sample.cost == 0) continue;
        const double seconds = sample.seconds / sample.cost * total_cost;
        estimate.lowest = estimate.highest == 0 ? seconds : std::min(estimate.lowest, seconds);
        estimate.highest = std::max(estimate.highest, seconds);
    }
    if (all.cost == 0) return std::nullopt;
    estimate.seconds = all.seconds / all.cost * total_cost;
    return estimate;
}

}  // namespace headroom
