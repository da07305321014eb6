#pragma once

#include <cstddef>
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
    RunInfo run;                                ///< the question that made the envelopes
    std::string market;                         ///< "limit-exchange by auction"; "": none, as allocated
    std::vector<std::int64_t> start;            ///< [#step] UTC seconds
    std::vector<std::string> feeder_id;         ///< [#feeder]
    std::vector<std::string> customer_id;       ///< [#customer]
    std::vector<std::int32_t> customer_feeder;  ///< [#customer] row of feeder_id
    ReplayedLimits limits;
};

LimitFile limits_of(EnvelopeFile file);

/// @throws InputError  where the file is damaged, or holds no limits
LimitFile read_limits(const std::filesystem::path& path);

/// Keeps the feeders [first, first + count), at most all there are.
void keep_feeders(std::size_t first, std::size_t count, LimitFile& file);

/// Limits and statuses of these feeders of envelopes, and nothing else of them.
EnvelopeResult limits_of_feeders(std::size_t first, std::size_t count, const EnvelopeFile& file);

}  // namespace headroom
