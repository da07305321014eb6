#pragma once

#include <string>

namespace headroom::cli {

/// `headroom import SOURCE -o CASE`: SOURCE is an OpenDSS master file, or a folder of CSV files.
struct ImportOptions {
    std::string source;
    std::string case_path;
    bool quiet = false;  ///< errors only
};

}  // namespace headroom::cli
