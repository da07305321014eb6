#pragma once

#include <string>

#include "formulations/secure/replay.hpp"

namespace headroom::cli {

/// `headroom replay RESULT --case CASE [options]`
struct ReplayOptions {
    std::string result_path;
    std::string case_path;
    std::string replay_path;  ///< empty: nothing is written
    ReplaySettings settings;
    int threads = 0;     ///< 0: one per processor
    bool json = false;   ///< summary for machines on standard output
    bool quiet = false;  ///< errors only
};

}  // namespace headroom::cli
