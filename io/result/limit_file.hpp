#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "formulations/secure/replay.hpp"
#include "io/result/envelope_file.hpp"
#include "io/result/run_info.hpp"

namespace headroom {

/// Limits that a result published: envelopes as allocated, or as a market left them.
struct LimitFile {
    RunInfo run;                            ///< the question that made the envelopes
    std::string market;                     ///< "limit-exchange by auction"; "": none, as allocated
    std::vector<std::int64_t> start;        ///< [#step] UTC seconds
    std::vector<std::string> feeder_id;     ///< [#feeder]
    std::vector<std::string> customer_id;   ///< [#customer]
    ReplayedLimits limits;
};

LimitFile limits_of(EnvelopeFile file);

/// @throws InputError  where the file is damaged, or holds no limits
LimitFile read_limits(const std::filesystem::path& path);

}  // namespace headroom
