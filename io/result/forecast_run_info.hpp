#pragma once

#include <string>

#include "io/result/result_reader.hpp"
#include "io/result/run_info.hpp"

namespace headroom {

/// What results that a forecast alone decides were computed from: power flows, congestion.
struct ForecastRunInfo {
    std::string options;                 ///< all options that decide numbers, as on the command line
    std::string case_name, case_digest;  ///< name of the case, digest of its file (digest.hpp)
    std::string series;                  ///< name of the series
    std::string version;                 ///< of this program
    std::string simd;                    ///< kernel variant: "baseline", "avx2", "avx512"
};
RunNotes notes_of(const ForecastRunInfo& run);
ForecastRunInfo read_forecast_run(const ResultReader& page);

}  // namespace headroom
