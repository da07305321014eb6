#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "formulations/envelope/question.hpp"
#include "formulations/market/auction.hpp"
#include "formulations/market/clearing_result.hpp"
#include "formulations/market/continuous_market.hpp"
#include "formulations/network/region.hpp"

namespace headroom {

enum class MarketKind { limit_exchange, set_point_exchange };
enum class Mechanism { continuous, auction };

/// What is cleared and how (market.md).
struct ClearingQuestion {
    MarketKind market = MarketKind::limit_exchange;
    Mechanism mechanism = Mechanism::continuous;
    AllocationQuestion envelope = {};  ///< its flow model and its words make rows, committed forecasts and caps
    ContinuousSettings continuous = {};
    AuctionSettings auction = {};
    /// ac: limits after the market hold in the AC power flow too (market.md). Of limit exchanges, whose envelopes do.
    Secure secure = Secure::linear;
};

struct ClearingRun {
    int threads = 0;                                        ///< <= 0: all
    std::function<void(std::int64_t items)> finished = {};  ///< called from any thread after some items; may be empty
    const std::atomic<bool>* stop = nullptr;                ///< once true, Stopped is thrown
};

/// Clears the orders of the region over the series.
///
/// Feeders are apart and go side by side; the same bytes for any number of threads. Limits after the market are checked
/// against all rows anew; an item that fails keeps its limits and says so.
/// @param envelopes  limits before the market, of the same region and series; not looked at in a set-point exchange
/// @param faults     [#feeder] from validate(): "" or the reason why the feeder must not be cleared
/// @throws std::invalid_argument  a question that does not fit the case
ClearingResult clear_market(const Region& region, const SeriesSet& series, const ClearingQuestion& question,
                            const EnvelopeResult& envelopes, const std::vector<std::string>& faults,
                            const ClearingRun& run);

/// The allocation question that makes the rows of a market.
AllocationQuestion rows_question(const ClearingQuestion& question);

}  // namespace headroom
