#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "formulations/risk/congestion_result.hpp"

namespace headroom {

/// A limit that samples pass in some step.
struct LimitAtRisk {
    std::int32_t row;       ///< row of CongestionResult::rows
    std::int32_t step;      ///< where most samples pass it, the first of equal ones
    std::int32_t violated;  ///< samples that do so there
    double hours;           ///< expected time past the limit: sum over steps of probability times length
};

/// A feeder and step in which samples pass limits.
struct ItemAtRisk {
    std::int32_t step, feeder;
    std::int32_t violated;  ///< samples that pass any limit
};

struct CongestionSummary {
    std::int64_t items = 0, done = 0;
    std::int64_t flows = 0, diverged = 0;  ///< of the items done
    double hours = 0;                      ///< expected time with any limit passed, summed over feeders
    std::int64_t items_at_risk = 0;        ///< items with samples that pass limits
    std::vector<LimitAtRisk> limits;       ///< the most samples first; of equals more hours, then the smaller row
    std::vector<ItemAtRisk> at_risk;       ///< the most samples first; of equals more limits, then the earlier step

    bool all_done() const { return done == items; }
};

/// @param start, end  [#step] UTC seconds
CongestionSummary summarise(const CongestionResult& result, std::span<const std::int64_t> start,
                            std::span<const std::int64_t> end);

/// Adds what another part of a region comes to, but for the lists, which count rows and feeders of that part.
void add(CongestionSummary& total, const CongestionSummary& part);

}  // namespace headroom
