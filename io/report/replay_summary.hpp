#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "formulations/secure/replay.hpp"

namespace headroom {

/// What a replay comes to; an item is one feeder in one step.
struct ReplaySummary {
    static constexpr std::size_t status_count = 4;
    std::int64_t items = 0;
    std::array<std::int64_t, status_count> items_with{};  ///< by ReplayStatus
    std::int64_t violated = 0;                            ///< items with violated limits
    std::int64_t unclean = 0;  ///< items with limits that were not replayed everywhere, or are violated
    std::int64_t flows = 0;
    /// By ReplayPoints, per unit of voltage or rating: the largest over a limit; nothing: no such points.
    std::array<std::optional<double>, replay_point_kinds> worst_excess;

    bool all_clean() const { return unclean == 0; }
};

ReplaySummary summarise(const ReplayResult& result);

/// Adds what another part of a region comes to.
void add(ReplaySummary& total, const ReplaySummary& part);

}  // namespace headroom
