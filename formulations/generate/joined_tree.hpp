#pragma once

#include <span>
#include <vector>

#include "formulations/generate/feeder_plan.hpp"
#include "formulations/generate/generator_settings.hpp"
#include "formulations/network/region.hpp"

namespace headroom {

/// Plans of the parts of a tree of about settings.joined_buses buses: a medium-voltage feeder, then one low-voltage
/// feeder for each of its substations, the next medium-voltage feeder, and so on. The last one is as small as what is
/// left.
std::vector<FeederPlan> plan_joined_tree(const GeneratorSettings& settings);

/// The region made of such parts as one tree: low-voltage feeders in the place of their substations, the medium-voltage
/// feeders side by side behind the source of the first.
Region joined_tree(const Region& parts, std::span<const FeederPlan> plans);

}  // namespace headroom
