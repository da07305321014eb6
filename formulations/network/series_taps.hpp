#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "formulations/network/region.hpp"

namespace headroom {

/// SeriesSet::to_tap of a series that moves no tap: where the table has them, in every step.
std::vector<double> standing_taps(const TransformerColumns& transformer, std::size_t step_count);

/// How often a coil of a transformer stands elsewhere than in the step before, in the steps of a series.
std::int64_t tap_moves(const SeriesSet& series);

}  // namespace headroom
