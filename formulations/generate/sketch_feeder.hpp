#pragma once

#include "formulations/generate/feeder_plan.hpp"
#include "formulations/generate/feeder_sketch.hpp"

namespace headroom {

/// The network and customers of a planned feeder.
FeederSketch sketch_feeder(const GeneratorSettings& settings, const FeederPlan& plan);

}  // namespace headroom
