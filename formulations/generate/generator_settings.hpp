#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace headroom {

/// What a generated region is made of. Feeder k is a function of these settings and of k alone, but for feeder_first,
/// feeder_count and threads, of which it knows nothing.
struct GeneratorSettings {
    std::uint64_t seed = 1;
    std::int64_t feeder_first = 0;       ///< >= 0; number of the first feeder
    std::int64_t feeder_count = 1;       ///< >= 1; numbers end at most at 2^20
    std::int64_t joined_buses = 0;       ///< above 0: in place of a region one tree of about so many (joined_tree.hpp)
    std::int64_t start = 1'750'464'000;  ///< UTC s of the first step, 2025-06-21T00:00:00Z
    std::int64_t step_count = 96;        ///< 1 to 2^20
    std::int64_t step_seconds = 900;     ///< 1 to 86 400
    double active_share = 0.4;           ///< of customers that get an envelope, in [0, 1]
    double reactive_share = 0.1;         ///< of feeders where active customers may be free in Q, in [0, 1]
    double hard_share = 0.02;            ///< of feeders that are hard on purpose (feeder_plan.hpp), in [0, 1]
    double orders_share = 0;             ///< of active customers that trade limits, in [0, 1]; 0: no orders
    bool prices = false;                 ///< a price of energy for every feeder and step
    int threads = 0;                     ///< 0: one per processor

    /// What is out of range, in words; nothing if all is well.
    std::optional<std::string> fault() const;
};

}  // namespace headroom
