#pragma once

#include <cstdint>
#include <vector>

#include "io/case/case_outline.hpp"

namespace headroom {

/// Consecutive feeders that are read, solved and written together; their results are one part file.
struct Shard {
    std::int64_t first_feeder = 0, feeder_count = 0;
    std::int64_t first_bus = 0, first_branch = 0;  ///< rows of the case
    std::uint64_t raw_bytes = 0;                   ///< of its results, before compression
    double cost = 0;                               ///< estimate of its work, in a unit of its own

    bool operator==(const Shard&) const = default;
};

/// Raw size of results, in bytes for every step.
struct ResultSize {
    std::uint64_t per_customer = 0;  ///< 12 for a limit and the row that stops it
    std::uint64_t per_item = 0;      ///< of one feeder: status, certificates
    std::uint64_t per_bus = 0;       ///< where rows of the network have values of their own
    std::uint64_t per_order = 0;     ///< not for every step
};

/// Estimate of a feeder's work, in the unit of Shard::cost.
double feeder_cost(const CaseOutline& outline, std::size_t feeder);

/// Cuts a case into shards of at most so many bytes of raw results, or of one feeder. They follow from the case alone,
/// never from how many processes share them, so that a run can go on elsewhere.
std::vector<Shard> plan_shards(const CaseOutline& outline, const ResultSize& size, std::uint64_t shard_bytes);

/// The same cut with results of another size.
std::vector<Shard> resized(std::vector<Shard> shards, const CaseOutline& outline, const ResultSize& size);

}  // namespace headroom
