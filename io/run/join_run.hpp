#pragma once

#include <filesystem>
#include <string>

#include "io/result/envelope_file.hpp"
#include "io/run/run_folder.hpp"
#include "io/run/run_plan.hpp"

namespace headroom {

/// The plan of a run of which every part stands in the folder as it was written.
/// @throws InputError  where the run is not finished or a part is damaged
RunPlan read_finished(const RunFolder& folder);

/// The envelopes of a finished run in memory, as if they had been one file.
/// @throws InputError  where the run is not finished, is of another kind, or a part is damaged
EnvelopeFile read_run(const RunFolder& folder);

/// Envelopes from a result file or the folder of a run.
EnvelopeFile read_envelopes_at(const std::filesystem::path& path);

/// Digest of a result file, or of the index of a run, which has those of its parts.
std::string result_digest(const std::filesystem::path& path);

/// Puts the parts of a finished run together as one result file, the same bytes as if the region had been allocated
/// without shards.
/// @throws InputError   where the run is not finished or a part is damaged
/// @throws OutputError  where the disk refuses
void join_run(const RunFolder& folder, const std::filesystem::path& output);

}  // namespace headroom
