#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "formulations/market/clear_market.hpp"

namespace headroom {

/// What is wrong with a clearing, judged from the case, the orders and what the clearing says of itself; empty if
/// nothing is.
///
/// Shares the rows of the network with the market, and nothing else: every trade is walked through again with full sums
/// over all rows, every rule of orders is checked on the trades, money is added up anew, and an auction's prices must
/// prove its welfare by weak duality. Where orders that trade as a whole or are linked are part of it, the stored proof
/// of its bound is followed case by case, rounding outwards (BoundProof); without one the bound is the search's own,
/// and only its agreement with the welfare is checked.
/// What was made secure in AC is judged by a replay of the limits after the market, in place of linear rows, and an
/// auction's prices by the rows linearised in AC that it stores, once a power flow has found them to be what they say.
/// @param region   with the orders that were cleared
/// @param threads  <= 0: all
std::vector<std::string> verify_clearing(const Region& region, const SeriesSet& series,
                                         const ClearingQuestion& question, const ClearingResult& result,
                                         int threads = 0);

/// How many auctions have a bound that nothing stored proves: of whole or linked orders, or in AC of prices of rows
/// that are not stored.
std::int64_t bounds_without_proof(const Region& region, const ClearingResult& result);

}  // namespace headroom
