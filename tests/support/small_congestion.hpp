#pragma once

#include "formulations/network/region.hpp"
#include "formulations/risk/congestion_result.hpp"
#include "io/result/congestion_file.hpp"

namespace headroom::test {

/// A made-up forecast of 200 samples for a region and its first series: the last feeder is invalid_input, the other
/// rows are those of small_result().
CongestionResult small_congestion(const Region& region);

ForecastRunInfo small_congestion_run();

}  // namespace headroom::test
