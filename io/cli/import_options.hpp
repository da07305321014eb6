#pragma once

#include <string>

#include "io/import/opendss/opendss_import.hpp"

namespace headroom::cli {

/// `headroom import SOURCE -o CASE`: SOURCE is an OpenDSS master file, or a folder of CSV files.
struct ImportOptions {
    std::string source;
    std::string case_path;
    OpenDssOptions opendss;
    std::string opendss_option;  ///< one of those given, by name; empty: none, as a CSV folder wants it
    bool quiet = false;          ///< errors only
};

}  // namespace headroom::cli
