#pragma once

#include <string>

#include "formulations/secure/replay.hpp"
#include "io/cli/region_options.hpp"

namespace headroom::cli {

/// `headroom replay RESULT --case CASE [options]`
struct ReplayOptions {
    std::string result_path;
    std::string case_path;
    std::string replay_path;  ///< empty: nothing is written
    ReplaySettings settings;
    int threads = 0;  ///< 0: one per processor
    RegionOptions region;
    bool json = false;     ///< summary for machines on standard output
    bool dry_run = false;  ///< say what would be done, and stop; of replays by parts
    bool quiet = false;    ///< errors only
};

}  // namespace headroom::cli
