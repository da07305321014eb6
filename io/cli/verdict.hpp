#pragma once

#include <vector>

#include "formulations/network/region.hpp"
#include "formulations/network/validate.hpp"
#include "io/cli/exit_code.hpp"

namespace headroom::cli {

/// What a region's faults leave to compute with: everything (done), the feeders without one (incomplete), or nothing
/// (invalid_input), because every feeder has one or the file itself.
ExitCode verdict(const Region& region, const std::vector<Fault>& faults);

}  // namespace headroom::cli
