#pragma once

#include <string>

namespace headroom::cli {

/// `headroom run JOB [options]`
struct RunOptions {
    std::string job_path;
    std::string from;      ///< stage to begin with; empty: the first
    bool json = false;     ///< summary for machines on standard output
    bool dry_run = false;  ///< say what would be done, and stop
    bool quiet = false;    ///< errors only
};

}  // namespace headroom::cli
