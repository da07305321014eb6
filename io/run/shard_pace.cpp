#include "io/run/shard_pace.hpp"

#include <algorithm>

namespace headroom {
namespace {

/// Reading and writing stand beside solving; where they take longer, solving waits.
double seconds_of(const ShardRecord& record) { return std::max(record.solve_s, record.read_s + record.write_s); }

/// A shard's measures, over the seconds that it took.
struct Measured {
    double cost, bytes;
};

struct Rates {
    double per_cost = 0, per_byte = 0;
};

/// Of one measure x alone: the rate r that makes r x nearest to 1.
double rate_alone(const std::vector<Measured>& shards, double Measured::*measure) {
    double sum = 0, squares = 0;
    for (const Measured& shard : shards) {
        sum += shard.*measure;
        squares += shard.*measure * (shard.*measure);
    }
    return squares > 0 ? sum / squares : 0;
}

Rates fit(const std::vector<Measured>& shards) {
    double cc = 0, cb = 0, bb = 0, c = 0, b = 0;
    for (const Measured& shard : shards) {
        cc += shard.cost * shard.cost;
        cb += shard.cost * shard.bytes;
        bb += shard.bytes * shard.bytes;
        c += shard.cost;
        b += shard.bytes;
    }
    constexpr double alike = 1e-9;  // shards of one shape do not tell the two apart
    const double determinant = cc * bb - cb * cb;
    if (determinant <= alike * cc * bb) return {.per_cost = rate_alone(shards, &Measured::cost)};
    const Rates both{(c * bb - b * cb) / determinant, (b * cc - c * cb) / determinant};
    if (both.per_byte < 0) return {.per_cost = rate_alone(shards, &Measured::cost)};
    if (both.per_cost < 0) return {.per_byte = rate_alone(shards, &Measured::bytes)};
    return both;
}

}  // namespace

std::vector<double> shard_seconds(const RunPlan& plan, const std::map<std::size_t, ShardRecord>& done) {
    std::vector<Measured> measured;
    for (const auto& [shard, record] : done) {
        const double seconds = seconds_of(record);
        if (seconds <= 0) continue;  // made anew from its part after a kill
        measured.push_back(
            {plan.shards[shard].cost / seconds, static_cast<double>(plan.shards[shard].raw_bytes) / seconds});
    }
    if (measured.empty()) return {};
    const Rates rates = fit(measured);
    std::vector<double> seconds;
    for (std::size_t shard = 0; shard < plan.shards.size(); ++shard) {
        const auto record = done.find(shard);
        const bool is_measured = record != done.end() && seconds_of(record->second) > 0;
        seconds.push_back(is_measured ? seconds_of(record->second)
                                      : rates.per_cost * plan.shards[shard].cost
                                            + rates.per_byte * static_cast<double>(plan.shards[shard].raw_bytes));
    }
    return seconds;
}

}  // namespace headroom
