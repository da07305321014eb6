#pragma once

#include "formulations/generate/feeder_sketch.hpp"
#include "formulations/generate/random_stream.hpp"

namespace headroom {

/// A household or small business at a bus of a low-voltage feeder (generate.md, "Customers").
/// @param free_reactive  if active, it may have a reactive range or a Volt-VAr curve
CustomerSketch draw_household(RandomStream& random, std::int32_t bus, double active_share, bool free_reactive);

/// A substation of a medium-voltage feeder: many customers behind one transformer, three phases, no neutral.
CustomerSketch draw_substation(RandomStream& random, std::int32_t bus, double active_share);

}  // namespace headroom
