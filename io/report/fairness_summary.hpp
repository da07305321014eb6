#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "formulations/envelope/envelope_result.hpp"

namespace headroom {

/// How evenly each item (feeder and step) is shared, over all limits x that were asked for, of P (W) and of Q (V A).
/// Arrays are [step x feeder], step-major; NaN where an item is unsolved.
struct ItemFairness {
    std::vector<double> jain;     ///< (sum x)^2 / (n sum x^2): 1 where all are equal, 1/n where one has everything
    std::vector<double> minimum;  ///< W, smallest limit
    std::vector<double> sum;      ///< W
};

/// @param customer_feeder  [#customer] feeder that the customer belongs to
ItemFairness item_fairness(const EnvelopeResult& result, std::span<const std::int32_t> customer_feeder);

/// [step x feeder] share of the largest sum that a policy gives up: 1 - sum / (sum under Policy::total). NaN where one
/// of the two is unsolved.
std::vector<double> price_of_fairness(const EnvelopeResult& result, const EnvelopeResult& total,
                                      std::span<const std::int32_t> customer_feeder);

/// Over all items with a number; NaN where there are none.
struct FairnessSummary {
    static constexpr double none = std::numeric_limits<double>::quiet_NaN();
    std::int64_t items = 0;
    double jain_mean = none, jain_lowest = none;
    double limit_smallest = none;  ///< W
    std::int64_t priced_items = 0;
    double price_mean = none, price_worst = none;  ///< of EnvelopeResult::price_of_fairness
};

FairnessSummary summarise_fairness(const EnvelopeResult& result, std::span<const std::int32_t> customer_feeder);

}  // namespace headroom
