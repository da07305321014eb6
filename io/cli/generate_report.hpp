#pragma once

#include <string>

#include "formulations/generate/feeder_plan.hpp"
#include "formulations/network/region.hpp"
#include "io/cli/generate_options.hpp"

namespace headroom::cli {

/// How much would be made, for people.
std::string plan_text(const GenerateOptions& options, const RegionPlan& plan);

/// What a generated region holds, for people: sizes of its feeders, kinds, customers, steps.
std::string generated_text(const Region& region, const RegionPlan& plan);

/// The same for machines: one JSON object.
std::string generated_json(const Region& region, const RegionPlan& plan, const GenerateOptions& options);

}  // namespace headroom::cli
