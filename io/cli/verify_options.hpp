#pragma once

#include <string>

namespace headroom::cli {

/// `headroom verify RESULT --case CASE [options]`
struct VerifyOptions {
    std::string result_path;
    std::string case_path;
    std::string order_path;  ///< table that the orders came from; empty: they are those of the case
    std::string head;        ///< of the chain as it was noted elsewhere; empty: that of the file alone is looked at
    int threads = 0;         ///< 0: one per processor
    bool json = false;       ///< findings for machines on standard output
    bool quiet = false;      ///< errors only
};

}  // namespace headroom::cli
