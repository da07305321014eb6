#include "io/run/shard_plan.hpp"

#include <cstddef>

namespace headroom {
namespace {

// Power flows grow with buses, rows with customers; only the order in which shards are begun and estimates hang on it.
constexpr double bus_weight = 1, customer_weight = 5;

std::int64_t rows_of(const std::vector<std::int64_t>& offset, std::size_t feeder) {
    return offset[feeder + 1] - offset[feeder];
}

std::uint64_t raw_bytes(const CaseOutline& outline, const ResultSize& size, std::size_t feeder) {
    const auto count = [feeder](const std::vector<std::int64_t>& offset) {
        return static_cast<std::uint64_t>(rows_of(offset, feeder));
    };
    return outline.step_count()
               * (size.per_item + size.per_customer * count(outline.customer_offset)
                  + size.per_bus * count(outline.bus_offset))
           + size.per_order * count(outline.order_offset);
}

}  // namespace

double feeder_cost(const CaseOutline& outline, std::size_t feeder) {
    return static_cast<double>(outline.step_count())
           * (bus_weight * static_cast<double>(rows_of(outline.bus_offset, feeder))
              + customer_weight * static_cast<double>(rows_of(outline.customer_offset, feeder)));
}

std::vector<Shard> plan_shards(const CaseOutline& outline, const ResultSize& size, std::uint64_t shard_bytes) {
    std::vector<Shard> shards;
    for (std::size_t feeder = 0; feeder < outline.feeder_count(); ++feeder) {
        const std::uint64_t bytes = raw_bytes(outline, size, feeder);
        if (shards.empty() || shards.back().raw_bytes + bytes > shard_bytes)
            shards.push_back({.first_feeder = static_cast<std::int64_t>(feeder),
                              .first_bus = outline.bus_offset[feeder],
                              .first_branch = outline.branch_offset[feeder]});
        Shard& shard = shards.back();
        ++shard.feeder_count;
        shard.raw_bytes += bytes;
        shard.cost += feeder_cost(outline, feeder);
    }
    return shards;
}

std::vector<Shard> resized(std::vector<Shard> shards, const CaseOutline& outline, const ResultSize& size) {
    for (Shard& shard : shards) {
        shard.raw_bytes = 0;
        for (std::int64_t feeder = 0; feeder < shard.feeder_count; ++feeder)
            shard.raw_bytes += raw_bytes(outline, size, static_cast<std::size_t>(shard.first_feeder + feeder));
    }
    return shards;
}

}  // namespace headroom
