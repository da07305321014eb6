#include "formulations/market/verify_clearing.hpp"

#include "formulations/market/clearing_walk.hpp"

namespace headroom {

std::vector<std::string> verify_clearing(const Region& region, const SeriesSet& series,
                                         const ClearingQuestion& question, const ClearingResult& result) {
    std::vector<std::string> faults;
    for (std::size_t feeder = 0; feeder < region.feeder_count(); ++feeder)
        if (result.feeder_fault[feeder].empty()) ClearingWalk(region, series, question, result, feeder, faults).walk();
    return faults;
}

}  // namespace headroom
