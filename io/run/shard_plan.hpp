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

inline constexpr std::uint64_t default_shard_bytes = std::uint64_t{64} << 20;

/// Cuts a case into shards of at most so many bytes of raw results, or of one feeder. They follow from the case alone,
/// never from how many processes share them, so that a run can go on elsewhere.
/// @param limits  of each customer and step: 2, or 4 with reactive ones
std::vector<Shard> plan_shards(const CaseOutline& outline, int limits, std::uint64_t shard_bytes);

}  // namespace headroom
