#pragma once

#include <cstdint>

#include "formulations/network/region.hpp"

namespace headroom {

/// How often a coil of a transformer stands elsewhere than in the step before, in the steps of a series.
std::int64_t tap_moves(const SeriesSet& series);

}  // namespace headroom
