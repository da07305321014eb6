#pragma once

#include <array>
#include <vector>

#include "formulations/market/clearing_result.hpp"
#include "formulations/market/feeder_market.hpp"

namespace headroom {

/// Gives every open step rows of its own: voltages that come near their limit under some limits are linearised in AC,
/// each at its own worst point (secure_allocation.md), in place of their linear rows. Branches keep linear rows.
///
/// Rows keep their numbers. What an AC row leaves is what it leaves of the levels that the market begins with.
/// @param allocation  of the market's rows, in lin_dist3_flow
/// @param limits      by position_kind [step x customer] W: where to linearise
void linearise_in_ac(const Region& region, const SeriesSet& series, const FeederAllocation& allocation,
                     const std::array<std::vector<double>, position_kind_count>& limits, FeederMarket& market);

}  // namespace headroom
