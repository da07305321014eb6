#pragma once

#include "formulations/generate/feeder_plan.hpp"
#include "formulations/generate/feeder_sketch.hpp"
#include "formulations/network/region.hpp"

namespace headroom {

/// A region with the shared tables of generated feeders and nothing else.
Region empty_generated_region();

/// Writes a feeder behind those that the region has: all columns but series.
void append_feeder(Region& region, const FeederPlan& plan, const FeederSketch& sketch);

}  // namespace headroom
