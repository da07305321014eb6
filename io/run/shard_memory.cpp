#include "io/run/shard_memory.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>

#include "formulations/secure/replay.hpp"

namespace headroom {
namespace {

// Bytes, as measured with one and two threads on regions of 16 to 10 000 generated feeders.
constexpr double program = 34e6, per_thread = 8e6, per_thread_of_rows = 2e6, per_thread_of_market = 40e6, per_bus = 420,
                 per_customer = 500, per_customer_step = 16;

constexpr std::size_t feeders_ready = 64;                // made ready at a time by allocate(), replay() and the others
constexpr std::size_t correction_steps = 32, lanes = 8;  // steps whose points a thread keeps side by side

/// What a feeder holds from being made ready to being solved, and more while a thread is at it.
class FeederNeed {
public:
    FeederNeed(const CaseOutline& outline, const ShardContents& contents, const std::vector<std::int64_t>& limits)
        : outline_(outline), contents_(contents), limits_(limits) {}

    double ready(std::size_t f) const {
        switch (contents_.work) {
            case FeederWork::forecast: return 800 * buses(f);
            case FeederWork::replay: return rows(f) + 2e3 * buses(f);
            default: return rows(f);
        }
    }

    double at_work(std::size_t f) const { return solving(f) + (contents_.is_concave ? convex(f) : 0); }

private:
    static double rows_of(const std::vector<std::int64_t>& offset, std::size_t f) {
        return static_cast<double>(offset[f + 1] - offset[f]);
    }
    double buses(std::size_t f) const { return rows_of(outline_.bus_offset, f); }
    double active(std::size_t f) const { return static_cast<double>(outline_.active_count[f]); }
    /// Of rows: one column for each active customer, or two.
    double entries(std::size_t f) const {
        return rows_of(outline_.customer_offset, f) * active(f) * (contents_.is_joint ? 2 : 1);
    }
    double limits(std::size_t f) const { return static_cast<double>(limits_[f]); }
    double steps(std::size_t most) const { return static_cast<double>(std::min(outline_.step_count(), most)); }

    /// Large feeders are filled through sums along their tree, and their rows not written out.
    double rows(std::size_t f) const {
        const double written = 200 * entries(f);
        return 800 * buses(f) + (contents_.work == FeederWork::filling ? std::min(written, 3e3 * buses(f)) : written);
    }
    /// Answers of all steps of a feeder; in AC those of a part, with rows of their own.
    double convex(std::size_t f) const {
        return contents_.work == FeederWork::correction ? 500 * limits(f) * steps(correction_steps)
                                                        : 3e6 + 160 * limits(f) * steps(outline_.step_count());
    }
    /// Points that a correction looks at are kept until the next box, with voltages and excesses of every limit. How
    /// many these are hangs on how much of a feeder is near its limits: of generated feeders most keep a third of this.
    /// A tree of many feeders keeps more, the more customers can be flipped.
    double points(std::size_t f) const { return std::max(3e3, 170 * (active(f) - 175)) * limits(f); }
    /// A replay keeps what it searches: of large feeders what some of their limits lead to in one step, which is the
    /// more the more customers can be flipped. Chains have fewer limits than are counted here, mostly.
    double replayed_points(std::size_t f) const {
        constexpr double most_counted = 2.5;
        if (limits(f) * active(f) <= most_counted * static_cast<double>(ReplaySettings{}.together))
            return 80 * limits(f) * active(f) * steps(lanes);
        return limits(f) * std::clamp(1.1e3 * (active(f) - 175), 15e3, 130e3);
    }
    double solving(std::size_t f) const {
        switch (contents_.work) {
            case FeederWork::filling:
            case FeederWork::concave: return 500 * buses(f);
            case FeederWork::linearised: return 4e3 * buses(f) + 27 * limits(f) * active(f) * steps(lanes);
            case FeederWork::correction: return 2e3 * buses(f) + points(f) * steps(correction_steps);
            case FeederWork::replay: return 2e3 * buses(f) + replayed_points(f);
            case FeederWork::forecast: return 800 * buses(f) + 8 * static_cast<double>(contents_.samples) * limits(f);
            case FeederWork::market: return 8e3 * buses(f);
            case FeederWork::market_in_ac: return 125e3 * buses(f);
        }
        return 0;
    }

    const CaseOutline& outline_;
    const ShardContents& contents_;
    const std::vector<std::int64_t>& limits_;
};

/// Of the feeders that threads solve at the same time, each one of its own; where there are few, threads share a feeder
/// and each has its arrays for it. That two of them need the most at the same time was never seen in a correction.
double of_threads(std::vector<double> need, std::size_t threads, FeederWork work) {
    std::ranges::sort(need, std::greater());
    const double share_of_others = work == FeederWork::correction ? 0.5 : 1.0;
    double sum = need.front();
    for (std::size_t thread = 1; thread < threads; ++thread)
        sum += share_of_others * (need.size() < 2 * threads ? need.front() : need[thread]);
    return sum;
}

/// The most that feeders [first, last) need while they are made ready and solved, some at a time.
double of_feeders(std::size_t first, std::size_t last, const FeederNeed& feeder, std::size_t threads, FeederWork work) {
    double most = 0;
    for (; first < last; first += feeders_ready) {
        double ready = 0;
        std::vector<double> at_work;
        for (std::size_t f = first; f < std::min(last, first + feeders_ready); ++f) {
            ready += feeder.ready(f);
            at_work.push_back(feeder.at_work(f));
        }
        most = std::max(most, ready + of_threads(at_work, threads, work));
    }
    return most;
}

/// Whether numbers are kept by feeder while they are solved, and then put side by side.
bool are_joined(const ShardContents& contents) {
    return contents.per_limit > 0 || contents.work == FeederWork::market || contents.work == FeederWork::market_in_ac;
}

double bytes_per_thread(FeederWork work) {
    switch (work) {
        case FeederWork::filling:
        case FeederWork::concave: return per_thread_of_rows;
        case FeederWork::market:
        case FeederWork::market_in_ac: return per_thread_of_market;
        default: return per_thread;
    }
}

/// Numbers of one shard.
struct ShardNeed {
    double input = 0, output = 0;
};

ShardNeed of_shard(const CaseOutline& outline, std::size_t first, std::size_t last, const ShardContents& contents,
                   const std::vector<std::int64_t>& limits) {
    const auto count = [&](const std::vector<std::int64_t>& offset) {
        return static_cast<double>(offset[last] - offset[first]);
    };
    const auto steps = static_cast<double>(outline.step_count());
    const ResultSize& size = contents.size;
    double limit_count = 0;
    for (std::size_t f = first; f < last; ++f) limit_count += static_cast<double>(limits[f]);
    const double customers = count(outline.customer_offset), orders = count(outline.order_offset);
    const auto per_customer_read = static_cast<double>(contents.read_per_customer);
    return {.input = per_bus * count(outline.bus_offset)
                     + customers * (per_customer + (per_customer_step + per_customer_read) * steps),
            .output = steps
                          * (static_cast<double>(size.per_item) * static_cast<double>(last - first)
                             + static_cast<double>(size.per_customer) * customers
                             + static_cast<double>(contents.per_limit) * limit_count)
                      + static_cast<double>(size.per_order) * orders};
}

}  // namespace

MemoryNeed memory_need(const CaseOutline& outline, const RunPlan& plan, int threads, const ShardContents& contents,
                       const std::vector<std::int64_t>& limits) {
    const FeederNeed feeder(outline, contents, limits);
    const auto workers = static_cast<std::size_t>(threads);
    double solving = 0, feeders = 0, read = 0, written = 0;
    for (const Shard& shard : plan.shards) {
        const auto first = static_cast<std::size_t>(shard.first_feeder),
                   last = first + static_cast<std::size_t>(shard.feeder_count);
        const ShardNeed need = of_shard(outline, first, last, contents, limits);
        solving = std::max(solving, need.input + (are_joined(contents) ? 2 : 1) * need.output);
        written = std::max(written, need.input + need.output);
        read = std::max(read, need.input);
        feeders = std::max(feeders, of_feeders(first, last, feeder, workers, contents.work));
    }
    const std::size_t shards = plan.shards.size();
    const double alone = program + threads * bytes_per_thread(contents.work) + feeders + solving;
    return {.alone = alone, .overlapped = alone + (shards > 1 ? written : 0) + (shards > 2 ? read : 0)};
}

}  // namespace headroom
