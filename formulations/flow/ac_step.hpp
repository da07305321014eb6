#pragma once

#include "formulations/flow/ac_power_flow.hpp"

namespace headroom {

/// Puts a step of a series into one lane: every customer at its forecast, the slack bus at its voltage.
void set_lane(const Region& region, const AcNetwork& net, const SeriesSet& series, std::size_t step, int lane,
              AcInputs& inputs);

}  // namespace headroom
