#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "formulations/envelope/envelope_result.hpp"

namespace headroom {

/// What a feeder's forecast of a step is worth; the numbers stand in result files.
enum class ForecastStatus : std::int8_t {
    done = 0,           ///< all samples were solved, or are counted as diverged
    invalid_input = 1,  ///< the feeder has a fault: counts are 0, values NaN
};

/// How probable it is that limits of the network are passed (congestion_forecast.md). Arrays are [step x row] or
/// [step x feeder], step-major, quantiles innermost. Values of a row are shares of its limit (1: at it), over the
/// samples whose flow came to rest; NaN where there are too few of them.
struct CongestionResult {
    std::size_t step_count = 0, feeder_count = 0;
    std::int32_t sample_count = 0;
    std::vector<double> probability;  ///< [quantile] of each quantile, in [0, 1], rising
    RowTable rows;                    ///< the limits

    std::vector<std::int32_t> row_violated;  ///< [step x row] samples that pass the limit, diverged ones among them
    std::vector<double> row_mean;            ///< [step x row] value / limit
    std::vector<double> row_deviation;       ///< [step x row] standard deviation of the same
    std::vector<double> row_excess;          ///< [step x row] mean distance past the limit of samples that pass it
    std::vector<double> row_quantile;        ///< [step x row x quantile] value / limit

    std::vector<ForecastStatus> status;       ///< [step x feeder]
    std::vector<std::int32_t> diverged;       ///< [step x feeder] samples without an answer: they violate every limit
    std::vector<std::int32_t> violated;       ///< [step x feeder] samples that pass any limit
    std::vector<double> violated_limits;      ///< [step x feeder] mean number of limits passed
    std::vector<double> head_power_quantile;  ///< [step x feeder x quantile] W, out of the source positive
    std::vector<std::string> feeder_fault;    ///< [feeder] first fault, "" when none
};

}  // namespace headroom
