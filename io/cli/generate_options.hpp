#pragma once

#include <string>

#include "formulations/generate/generator_settings.hpp"

namespace headroom::cli {

/// `headroom generate CASE --feeders N [options]`
struct GenerateOptions {
    std::string case_path;
    GeneratorSettings settings;
    bool json = false;     ///< summary for machines on standard output
    bool dry_run = false;  ///< say what would be made, and stop
    bool quiet = false;    ///< errors only
};

}  // namespace headroom::cli
