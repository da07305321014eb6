#pragma once

#include "formulations/market/clear_market.hpp"
#include "formulations/secure/replay.hpp"

namespace headroom {

/// clear_market() on linear rows.
/// @param ac_before  worst values under the envelopes, in whose place rows have their linear ones; of auctions what AC
///                   refuses is answered again (ac_rows.hpp). Null: linear rows as they are
ClearingResult clear_linear(const Region& region, const SeriesSet& series, const ClearingQuestion& question,
                            const EnvelopeResult& envelopes, const ReplayResult* ac_before,
                            const std::vector<std::string>& faults, const ClearingRun& run);

/// clear_market() of limits that hold in AC: rows begin with the room that AC leaves under the envelopes, and what
/// comes of the market is replayed. Trades of a continuous market that AC refuses are cut, latest first (ac_cut.hpp).
/// An auction's rows are linearised at the worst points of its answers until AC carries one (ac_rows.hpp); where that
/// does not come to rest, a common share of what was accepted stays, or nothing: `ac_shrunk`. Items whose envelopes AC
/// does not carry are closed to orders: `insecure`.
ClearingResult clear_in_ac(const Region& region, const SeriesSet& series, const ClearingQuestion& question,
                           const EnvelopeResult& envelopes, const std::vector<std::string>& faults,
                           const ClearingRun& run);

}  // namespace headroom
