#pragma once

#include <string>

namespace headroom::cli {

/// `headroom graft REGION -o CASE --onto FEEDER --map CSV`
struct GraftOptions {
    std::string region_path;
    std::string case_path;  ///< case file to write
    std::string onto;       ///< identifier of the feeder that the others are grafted onto
    std::string map_path;   ///< which feeders, and where (io/import/csv/csv_grafts.hpp)
    bool quiet = false;     ///< errors only
};

}  // namespace headroom::cli
