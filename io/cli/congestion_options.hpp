#pragma once

#include <string>

#include "formulations/risk/congestion_forecast.hpp"
#include "io/cli/region_options.hpp"

namespace headroom::cli {

/// `headroom forecast-congestion CASE -o RESULT [options]`
struct CongestionOptions {
    std::string case_path;
    std::string result_path;
    CongestionQuestion question;
    std::string series;  ///< empty: the first of the case
    int threads = 0;     ///< 0: one per processor
    RegionOptions region;
    bool json = false;     ///< summary for machines on standard output
    bool dry_run = false;  ///< say what would be done, and stop
    bool quiet = false;    ///< errors only
};

}  // namespace headroom::cli
