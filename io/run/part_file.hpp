#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "io/result/run_info.hpp"
#include "io/run/part_summary.hpp"

namespace headroom {

/// What a run has to know of a part of any kind.
struct PartFile {
    RunNotes notes;
    std::vector<std::string> feeder_id, feeder_fault;  ///< [#feeder]
    PartSummary summary;
};

/// Reads a part whole.    @throws InputError  where it is damaged or of another kind
PartFile read_part(RunKind kind, const std::filesystem::path& path);

}  // namespace headroom
