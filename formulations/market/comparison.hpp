#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "formulations/market/clear_market.hpp"
#include "formulations/market/measures.hpp"

namespace headroom {

/// Ways to share the same network, from the simplest to the best there is.
enum class SharingWay { static_limits, envelopes, continuous, auction, central };
inline constexpr int sharing_way_count = 5;
/// By SharingWay.
inline constexpr std::array<std::string_view, sharing_way_count> sharing_way_words{
    "static limits", "envelopes", "continuous market", "auction", "central dispatch"};

struct MarketComparison {
    std::array<MarketMeasures, sharing_way_count> measures;  ///< by SharingWay, over all feeders and steps with limits
    double static_limit_kw = 0;  ///< of every customer, direction and step: the largest that is always secure
    std::vector<std::string> feeder_fault;  ///< [#feeder] "" when none
};

/// The same customers, forecasts and orders under static limits, the envelopes as published, both mechanisms of the
/// market, and a central dispatch of points that knows all forecasts.
///
/// Static limits are one number for all customers of a feeder in every step, cut at the caps, the largest that every
/// step carries; static_limit_kw is that of the first feeder.
/// @param envelopes  limits before the market
/// @throws std::invalid_argument  another market, or one that is to be secure in AC
MarketComparison compare_ways(const Region& region, const SeriesSet& series, const ClearingQuestion& question,
                              const EnvelopeResult& envelopes, const std::vector<std::string>& faults,
                              const ClearingRun& run);

}  // namespace headroom
