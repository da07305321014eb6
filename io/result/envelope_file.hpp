#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "formulations/envelope/envelope_result.hpp"
#include "formulations/network/region.hpp"
#include "io/result/feeder_questions.hpp"
#include "io/result/run_info.hpp"

namespace headroom {

/// Writes envelopes as a result file (io/schema.md) that reads without the case, complete or not at all; the same content
/// gives the same bytes. Throws std::invalid_argument when the parts do not fit each other, OutputError when the disk
/// refuses.
/// @param region  the customers, feeders, buses and branches that `result` counts
/// @param series  the steps that `result` counts
/// @param asked   of each feeder, where `run` says that they differ
void write_envelopes(const EnvelopeResult& result, const Region& region, const SeriesSet& series, const RunInfo& run,
                     const std::filesystem::path& path, const FeederQuestions& asked = {});

/// A result file in memory.
struct EnvelopeFile {
    RunInfo run;
    FeederQuestions asked;                         ///< of each feeder, where `run` says that they differ
    std::vector<std::int64_t> start, end;          ///< [#step] UTC seconds
    std::vector<std::string> feeder_id;            ///< [#feeder]
    std::vector<std::string> customer_id;          ///< [#customer]
    std::vector<std::int32_t> customer_feeder;     ///< [#customer] row of feeder_id
    std::vector<std::uint8_t> active;              ///< [#customer]
    std::vector<std::string> row_bus, row_branch;  ///< [#row] ids; "" for the branch of a voltage row
    EnvelopeResult result;
};

/// Throws InputError naming the dataset and the rule when the file is damaged, hostile or no result file.
EnvelopeFile read_envelopes(const std::filesystem::path& path);

}  // namespace headroom
