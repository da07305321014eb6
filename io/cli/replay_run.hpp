#pragma once

#include <string>
#include <vector>

#include "formulations/secure/replay.hpp"
#include "io/cli/replay_options.hpp"
#include "io/result/limit_file.hpp"
#include "io/result/replay_file.hpp"

namespace headroom::cli {

/// What replays remember of what they are made of.
ReplayInfo replay_info(const ReplayOptions& options, const RunInfo& envelopes, const std::string& market,
                       const std::string& result_digest);

/// @throws InputError  where the limits are not of this region
ReplayResult replay_limits(const ReplayOptions& options, const LimitFile& file, const Region& region,
                           const std::vector<std::string>& faults, const ReplayRun& run);

/// @throws InputError  where limits were computed from another case
void require_case_of(const RunInfo& envelopes, const ReplayOptions& options);

}  // namespace headroom::cli
