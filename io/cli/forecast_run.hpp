#pragma once

#include <string>
#include <vector>

#include "formulations/risk/congestion_forecast.hpp"
#include "io/cli/congestion_options.hpp"
#include "io/result/congestion_file.hpp"

namespace headroom::cli {

/// What forecasts remember of the question.
ForecastRunInfo run_info(const CongestionOptions& options, const std::string& case_name, const std::string& series);

/// @throws InputError  where the question does not fit the case
CongestionResult forecast(const CongestionOptions& options, const Region& region,
                          const std::vector<std::string>& faults, const CongestionRun& run);

}  // namespace headroom::cli
