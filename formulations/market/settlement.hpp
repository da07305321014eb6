#pragma once

#include "formulations/market/clearing_result.hpp"
#include "formulations/network/region.hpp"

namespace headroom {

/// What the trades of a clearing come to: limits after the market, accepted quantities, and money = price x quantity x
/// hours. Reads trades, limits before, statuses; writes everything that follows from them.
void settle(const Region& region, const SeriesSet& series, ClearingResult& result);

}  // namespace headroom
