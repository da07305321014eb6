#pragma once

#include <cstdint>
#include <string_view>

namespace headroom {

/// What a run does with the feeders of a region.
enum class RunKind : std::int8_t { allocate = 0, clear = 1, replay = 2, forecast_congestion = 3 };

/// What the parts of a run of some kind are like.
struct RunKindTraits {
    std::string_view name;               ///< as in plans; the verb that makes such runs
    std::string_view status_group;       ///< of the parts: "/solve"
    std::string_view status_group_text;  ///< what the group is about
    std::string_view status_text;        ///< what its dataset "status" [time, feeders] is about
    std::string_view status_meanings;    ///< words of its values; the first one is well
    bool has_customers;                  ///< parts have a group /customer
    bool has_trades;                     ///< parts have a chain over trades
};

const RunKindTraits& traits(RunKind kind);

/// @throws std::invalid_argument  where there is no such kind
RunKind run_kind_of(std::string_view name);

}  // namespace headroom
