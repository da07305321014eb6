#pragma once

#include <span>
#include <vector>

#include "formulations/generate/day_shape.hpp"
#include "formulations/generate/feeder_plan.hpp"
#include "formulations/generate/feeder_sketch.hpp"

namespace headroom {

/// Fills the columns of one feeder in a series: forecasts of its customers, voltage of its slack bus. Touches no other
/// feeder's values, so feeders may be filled side by side.
/// @param row      of the feeder in the region
/// @param profile  [#customer of the feeder]
/// @pre the arrays of the series have their size
void fill_series(const GeneratorSettings& settings, const FeederPlan& plan, std::size_t row,
                 std::span<const Moment> moments, std::span<const ProfileTraits> profile, const Region& region,
                 SeriesSet& series);

/// Prices of all feeders: [#step x #feeder], one market.
std::vector<double> price_series(const GeneratorSettings& settings, std::span<const Moment> moments,
                                 std::size_t feeders);

}  // namespace headroom
