#pragma once

#include <string>
#include <vector>

#include "formulations/envelope/question.hpp"
#include "formulations/network/region.hpp"
#include "formulations/secure/replay.hpp"

namespace headroom::bench {

/// Envelopes of one feeder by one method, and what they are worth.
struct MethodAnswer {
    std::string method;
    ReplayedLimits limits;      ///< NaN: none
    std::vector<double> merit;  ///< [step] what the policy maximises, kW (merit_of); NaN: no answer
    double seconds = 0;         ///< of processor time, all steps and the feeder's set-up
    std::string remark;
};

/// The policy's objective as a power: the sum of limits, their geometric mean, or the common level.
/// @param limits  kW, those that the policy is about
double merit_of(Policy policy, const std::vector<double>& limits, double level);

/// dc, lin-dist-flow, lin-dist3-flow, linearised-ac, corrected in AC, and the yardstick at last.
/// @param question  policy total, proportional or equal, starts at zero
std::vector<MethodAnswer> answers_of_all_methods(const Region& region, const SeriesSet& series,
                                                 AllocationQuestion question);

}  // namespace headroom::bench
