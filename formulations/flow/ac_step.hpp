#pragma once

#include <array>
#include <complex>
#include <vector>

#include "formulations/flow/ac_power_flow.hpp"

namespace headroom {

/// What a power flow of one feeder starts from.
struct AcPoint {
    std::vector<double> p, q;                     ///< [#customer of the feeder] W, V A
    std::array<std::complex<double>, 3> slack{};  ///< V
};

/// Every customer at its forecast, the slack bus at its voltage.
AcPoint forecast_point(const Region& region, std::int64_t feeder, const SeriesSet& series, std::size_t step);
void set_lane(const AcPoint& point, int lane, AcInputs& inputs);

/// A step of a series in one lane.
void set_lane(const Region& region, const AcNetwork& net, const SeriesSet& series, std::size_t step, int lane,
              AcInputs& inputs);

}  // namespace headroom
