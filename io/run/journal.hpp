#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "io/run/part_file.hpp"
#include "io/run/run_folder.hpp"

namespace headroom {

/// What is known of a shard whose part file stands in the folder.
struct ShardRecord {
    std::size_t shard = 0;
    std::uint64_t bytes = 0;  ///< of the part file
    std::string digest;       ///< of the part file (digest.hpp)
    std::int64_t invalid_feeders = 0;
    PartSummary summary;
    double read_s = 0, solve_s = 0, write_s = 0;  ///< wall-clock times of its three stations
};

/// The record of a part that stands complete on disk, but for its times.
ShardRecord record_of(std::size_t shard, const std::filesystem::path& path, const PartFile& part);

/// Adds a record to the journal of a process and syncs it.    @throws OutputError
void append_record(const std::filesystem::path& journal, const ShardRecord& record);

/// Records of all processes, those of a shard in no order; lines torn by a kill are passed over, since parts without a
/// record are looked at anyway.
std::multimap<std::size_t, ShardRecord> read_journals(const RunFolder& folder, RunKind kind);

/// How a part file is compared with its record.
enum class PartCheck : std::uint8_t { size, digest };

/// Of records those that the part files in the folder bear out.
std::map<std::size_t, ShardRecord> find_done(const RunFolder& folder,
                                             const std::multimap<std::size_t, ShardRecord>& records, PartCheck check);

}  // namespace headroom
