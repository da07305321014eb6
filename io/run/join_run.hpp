#pragma once

#include <filesystem>

#include "io/run/run_folder.hpp"

namespace headroom {

/// Puts the parts of a finished run together as one result file, the same bytes as if the region had been allocated
/// without shards.
/// @throws InputError   where the run is not finished or a part is damaged
/// @throws OutputError  where the disk refuses
void join_run(const RunFolder& folder, const std::filesystem::path& output);

}  // namespace headroom
