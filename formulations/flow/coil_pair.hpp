#pragma once

#include <array>
#include <complex>
#include <cstdint>
#include <vector>

#include "formulations/flow/ac_terminals.hpp"

namespace headroom {

/// One coil pair of a transformer. With  j = series (from_turns v_from - to_turns v_to)  the series current per turn
/// it takes  from_turns j  out of its from+ node and  -to_turns (j - core to_turns v_to)  out of its to+ node, the same
/// into the minus nodes.
struct CoilPair {
    int coil;                           ///< 0 to 2
    std::array<std::int32_t, 4> node;   ///< from +, from -, to +, to -
    std::array<int, 4> conductor;       ///< of each; -1: ground, or AcTerminals::star
    double from_turns, to_turns;        ///< 1 / V, taps included
    std::complex<double> series, core;  ///< V A
};

/// Those pairs of a branch whose four ends are fed.
std::vector<CoilPair> coil_pairs(const Region& region, std::int64_t branch, const AcTerminals& terminals,
                                 TapPositions taps = {});

}  // namespace headroom
