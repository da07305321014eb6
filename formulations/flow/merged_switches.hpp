#pragma once

#include <cstdint>
#include <vector>

#include "formulations/flow/ac_network.hpp"

namespace headroom {

/// The current through one conductor of a switch of no impedance, from its from to its to side: by Kirchhoff's law the
/// sum of the currents that leave the terminals on one side of it.
struct MergedCurrent {
    std::int64_t branch;
    int conductor;
    std::int32_t node;                  ///< of both ends
    bool determined = true;             ///< false: it closes a circle with others of its kind
    double sign = 1.0;                  ///< -1 where the terminals on the from side were summed
    std::vector<std::size_t> currents;  ///< of AcEquations
    std::vector<std::size_t> legs;      ///< of AcNetwork
};

std::vector<MergedCurrent> merged_currents(const Region& region, const AcNetwork& net);

}  // namespace headroom
