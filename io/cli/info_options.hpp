#pragma once

#include <string>

namespace headroom::cli {

/// `headroom info FILE [--json]`: FILE is a case or a result.
struct InfoOptions {
    std::string path;
    bool json = false;
};

}  // namespace headroom::cli
