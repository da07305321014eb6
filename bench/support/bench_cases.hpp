#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "formulations/network/region.hpp"

namespace headroom::bench {

/// One feeder-day to be timed, at one resolution.
struct BenchCase {
    std::string name;        ///< "european_lv/96"
    Region region;           ///< of one feeder
    std::size_t series = 0;  ///< of region.series

    const SeriesSet& steps() const { return region.series[series]; }
};

/// The feeders that every benchmark runs on: the European low-voltage feeder with every series of its case file, as
/// given and with all customers active, and the synthetic feeder of the same size with 96 and 1440 steps. The case file
/// is HEADROOM_BENCH_CASE or cases/european_lv/european_lv.h5; where there is none, the synthetic ones are left.
const std::vector<BenchCase>& bench_cases();

/// Runs registered benchmarks; what every bench executable's main is.
int run_benchmarks(int argc, char** argv);

}  // namespace headroom::bench
