#pragma once

#include "formulations/market/clear_market.hpp"
#include "formulations/secure/replay.hpp"

namespace headroom {

/// What AC says of a region's limits.
struct AcRoom {
    ReplayResult worst;  ///< values under the envelopes, in whose place rows have their linear ones
    std::array<std::vector<double>, position_kind_count> at;  ///< limits under which voltages are linearised, W
};

/// clear_market() on linear rows.
/// @param ac  null: linear rows as they are
ClearingResult clear_linear(const Region& region, const SeriesSet& series, const ClearingQuestion& question,
                            const EnvelopeResult& envelopes, const AcRoom* ac, const std::vector<std::string>& faults,
                            const ClearingRun& run);

/// clear_market() of limits that hold in AC: rows begin with the room that AC leaves under the envelopes, and what
/// comes of the market is replayed. Trades of a continuous market that AC refuses are cut, latest first (ac_cut.hpp);
/// an auction is held again on rows linearised under its own limits, at most eight times, and where that does not
/// come to rest, AC carries a common share of what was accepted: `ac_shrunk`. What AC still refuses is taken back:
/// `insecure`, as are items whose envelopes AC does not carry.
ClearingResult clear_in_ac(const Region& region, const SeriesSet& series, const ClearingQuestion& question,
                           const EnvelopeResult& envelopes, const std::vector<std::string>& faults,
                           const ClearingRun& run);

}  // namespace headroom
