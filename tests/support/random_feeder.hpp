#pragma once

#include "formulations/network/region.hpp"

namespace headroom::test {

struct RandomFeederOptions {
    int buses = 15;  ///< without the slack bus
    int active = 8, passive = 4;
    bool transformer = false;  ///< a Dyn transformer at the head instead of a line
    bool delta_customers = false;
    bool ratings = true;
    std::size_t steps = 3;
};

/// An unbalanced radial feeder with real phase matrices (overhead 601, cable 606, scaled), single- and multi-phase
/// laterals, some series buses without customers, dead ends, wye and delta customers, ratings. Same seed, same feeder.
Region random_feeder(unsigned seed, const RandomFeederOptions& options);

}  // namespace headroom::test
