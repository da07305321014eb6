#pragma once

#include "formulations/market/ac_check.hpp"

namespace headroom {

/// Takes trades back that AC refuses, latest first: of every feeder and step where the limits after the market pass a
/// limit of the network in AC, the longest beginning of its trades that AC carries stays, and of the next trade the
/// part that it carries, unless that trade belongs to an order with a rule about quantities.
///
/// A block or family that loses a trade loses all of it, with all later trades of the steps concerned: what is left of
/// every step is a beginning of its trades. Such a beginning is searched by halves and counts only once it has been
/// replayed; limits before the market must be secure in AC. Settles the result again.
void cut_in_ac(const Region& region, const SeriesSet& series, const AcCheck& check, ClearingResult& result);

inline constexpr double ac_violation = 1e-6;  ///< per unit of voltage or rating: more is no clean limit
inline constexpr double ac_refused = 8e-7;    ///< more is refused: another search may find a slightly worse point

}  // namespace headroom
