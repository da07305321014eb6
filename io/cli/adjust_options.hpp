#pragma once

#include <string>

namespace headroom::cli {

/// `headroom adjust CASE --table FILE -o CASE`
struct AdjustOptions {
    std::string case_path;
    std::string table_path;  ///< CSV file: feeders and what they have otherwise
    std::string adjusted_path;
    bool quiet = false;  ///< errors only
};

}  // namespace headroom::cli
