#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "formulations/network/region.hpp"
#include "formulations/secure/replay.hpp"
#include "io/result/run_info.hpp"

namespace headroom {

/// What a replay was made of.
struct ReplayInfo {
    RunInfo envelopes;          ///< of the result that was replayed
    std::string market;         ///< "limit-exchange by auction" where limits are those after a market; "": as allocated
    std::string result_digest;  ///< digest of its file
    std::string version, simd;
    std::string options;  ///< every option that differs from its default, sorted
};
RunNotes notes_of(const ReplayInfo& info);

/// Writes a replay (io/schema.md), complete or not at all; the same content gives the same bytes.
/// @throws OutputError when the disk refuses
void write_replay(const ReplayResult& result, const Region& region, const SeriesSet& series, const ReplayInfo& info,
                  const std::filesystem::path& path);

/// A replay in memory.
struct ReplayFile {
    ReplayInfo info;
    std::vector<std::int64_t> start, end;          ///< [#step] UTC seconds
    std::vector<std::string> feeder_id;            ///< [#feeder]
    std::vector<std::string> row_bus, row_branch;  ///< [#row] ids; "" for the branch of a voltage row
    ReplayResult result;
};

/// @throws InputError naming the dataset and the rule when the file is damaged, hostile or no replay
ReplayFile read_replay(const std::filesystem::path& path);

}  // namespace headroom
