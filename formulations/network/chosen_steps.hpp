#pragma once

#include <cstddef>
#include <span>

#include "formulations/network/region.hpp"

namespace headroom {

/// A series of some steps of another, in the order given.
SeriesSet chosen_steps(const SeriesSet& series, std::span<const std::size_t> steps);

}  // namespace headroom
