#pragma once

#include <string>

namespace headroom::cli {

/// `headroom status RUN`
struct StatusOptions {
    std::string path;  ///< folder of the run
    bool json = false;
};

}  // namespace headroom::cli
