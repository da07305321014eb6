#pragma once

#include <cstdint>
#include <functional>

#include "formulations/generate/generator_settings.hpp"
#include "formulations/network/region.hpp"

namespace headroom {

inline constexpr std::int64_t generation_stages = 2;  ///< of each feeder: its network, its series

/// A region of distinct feeders with one series, "day", from the statistics of real ones (generate.md).
///
/// Feeder k is a function of the settings and its number: in a region of ten thousand it is, bit for bit, what it is
/// alone, on any number of threads. Feeders are valid but for the kinds that are meant not to be (feeder_plan.hpp).
/// @param finished  called from any thread after some stages; each feeder has generation_stages of them
/// @pre settings.fault() is none
Region generate_region(const GeneratorSettings& settings,
                       const std::function<void(std::int64_t stages)>& finished = {});

}  // namespace headroom
