#pragma once

#include <complex>
#include <cstdint>
#include <vector>

#include "formulations/flow/ac_terminals.hpp"

namespace headroom {

/// One summand y (V[plus] - V[minus]) of a current. Differences are taken first: next to each other nodes differ by
/// little, and admittances of short lines are large.
struct AcTerm {
    std::int32_t plus, minus;  ///< nodes
    std::complex<double> y;    ///< S
};

/// The current that flows from a node into one end of a branch, or into a shunt.
struct AcCurrent {
    std::int32_t node;
    std::int32_t bus;       ///< row of /bus
    std::int64_t branch;    ///< row of /branch; -1: shunts, and the tie of an ungrounded part
    std::int8_t side;       ///< 0 from, 1 to
    std::int8_t conductor;  ///< of the branch, or AcTerminals::star
    std::int32_t term_begin, term_end;
};

/// Kirchhoff's current law of a feeder in pieces: the sum of all currents at a node is what its customers inject.
struct AcEquations {
    std::vector<AcCurrent> currents;  ///< branches in the order of /branch, then shunts, then ties
    std::vector<AcTerm> terms;
};

/// @throws InvalidFeeder  naming a branch whose impedance matrix cannot be inverted
AcEquations ac_equations(const Region& region, std::int64_t feeder, const AcTerminals& terminals, TapPositions taps);

}  // namespace headroom
