#pragma once

#include <string>
#include <vector>

#include "formulations/market/clear_market.hpp"

namespace headroom {

/// What is wrong with a clearing, judged from the case, the orders and what the clearing says of itself; empty if
/// nothing is.
///
/// Shares the rows of the network with the market, and nothing else: every trade is walked through again with full sums
/// over all rows, every rule of orders is checked on the trades, money is added up anew, and an auction's prices must
/// prove its welfare by weak duality. Where orders that trade as a whole are part of it, the bound is the tree's own
/// (AuctionPart::bound) and only its agreement with the welfare is checked.
/// What was made secure in AC is judged by a replay of the limits after the market, in place of linear rows.
/// @param region   with the orders that were cleared
/// @param threads  <= 0: all
std::vector<std::string> verify_clearing(const Region& region, const SeriesSet& series,
                                         const ClearingQuestion& question, const ClearingResult& result,
                                         int threads = 0);

}  // namespace headroom
