#include "io/run/shard_plan.hpp"

#include <cstddef>

namespace headroom {
namespace {

// A limit and the row that stops it; an item's status, level, rounds and certificates.
constexpr std::uint64_t limit_bytes = 12, item_bytes = 80;
// Power flows grow with buses, rows with customers; only the order in which shards are begun hangs on it.
constexpr double per_bus = 1, per_customer = 5;

std::int64_t rows_of(const std::vector<std::int64_t>& offset, std::size_t feeder) {
    return offset[feeder + 1] - offset[feeder];
}

}  // namespace

std::vector<Shard> plan_shards(const CaseOutline& outline, int limits, std::uint64_t shard_bytes) {
    const std::uint64_t steps = outline.step_count();
    std::vector<Shard> shards;
    for (std::size_t feeder = 0; feeder < outline.feeder_count(); ++feeder) {
        const auto customers = static_cast<std::uint64_t>(rows_of(outline.customer_offset, feeder));
        const std::uint64_t bytes = steps * (customers * static_cast<std::uint64_t>(limits) * limit_bytes + item_bytes);
        if (shards.empty() || shards.back().raw_bytes + bytes > shard_bytes)
            shards.push_back({.first_feeder = static_cast<std::int64_t>(feeder),
                              .first_bus = outline.bus_offset[feeder],
                              .first_branch = outline.branch_offset[feeder]});
        Shard& shard = shards.back();
        ++shard.feeder_count;
        shard.raw_bytes += bytes;
        shard.cost += static_cast<double>(steps)
                      * (per_bus * static_cast<double>(rows_of(outline.bus_offset, feeder))
                         + per_customer * static_cast<double>(customers));
    }
    return shards;
}

}  // namespace headroom
