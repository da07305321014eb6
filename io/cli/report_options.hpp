#pragma once

#include <string>
#include <vector>

namespace headroom::cli {

/// `headroom report RESULT... -o TABLE.csv`
struct ReportOptions {
    std::vector<std::string> results;  ///< files or folders of runs
    std::string table_path;
    bool json = false;   ///< summary for machines on standard output
    bool quiet = false;  ///< errors only
};

}  // namespace headroom::cli
