#pragma once

#include <filesystem>
#include <string>

#include "io/run/run_folder.hpp"
#include "io/run/run_plan.hpp"

namespace headroom {

/// A finished run whose parts another run reads, shard by shard.
struct SourceRun {
    RunFolder folder;
    RunPlan plan;
    std::string digest;  ///< of its index, which has those of its parts
};

/// The plan of a run, finished or not.    @throws InputError  where the folder holds none
RunPlan plan_of_run(const std::filesystem::path& path);

/// @throws InputError  where the folder holds no finished run, or a part is damaged
SourceRun open_source(const std::filesystem::path& path);

}  // namespace headroom
