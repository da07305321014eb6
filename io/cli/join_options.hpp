#pragma once

#include <string>

namespace headroom::cli {

/// `headroom join RUN -o RESULT`
struct JoinOptions {
    std::string path;         ///< folder of the run
    std::string result_path;  ///< result file to write
    bool quiet = false;
};

}  // namespace headroom::cli
