#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "io/case/case_outline.hpp"
#include "io/cli/exit_code.hpp"
#include "io/cli/region_options.hpp"
#include "io/run/run_plan.hpp"
#include "io/run/shard_memory.hpp"
#include "io/run/shard_work.hpp"
#include "solver/batch/team.hpp"

namespace headroom::cli {

/// What is common to verbs that work through a region by shards, as the command line has it.
struct RegionVerb {
    std::string case_path, series, folder;
    RegionOptions region;
    int threads = 0;
    bool strict = false, json = false, dry_run = false, quiet = false;
    const char* doing;  ///< "allocating"
};

/// Of the options of a verb what is common.
template <class Options>
RegionVerb region_verb(const Options& options, const std::string& series, const std::string& folder,
                       const char* doing) {
    RegionVerb verb{.case_path = options.case_path,
                    .series = series,
                    .folder = folder,
                    .region = options.region,
                    .threads = options.threads,
                    .json = options.json,
                    .dry_run = options.dry_run,
                    .quiet = options.quiet,
                    .doing = doing};
    if constexpr (requires { options.strict; }) verb.strict = options.strict;
    return verb;
}

/// What a verb is going to do with the region, said once the case is known.
struct RegionJob {
    RunPlan plan;
    ShardTask task;
    MemoryNeed need;
};

/// Works through the region with the whole team, or says what it would do; tells how it went.
/// @param prepare  called once, by every member
ExitCode work_through(const RegionVerb& verb, const std::function<RegionJob(const CaseOutline&)>& prepare, Team& team);

/// A plan of this case but for its notes and shards.
RunPlan plan_of(RunKind kind, const CaseOutline& outline, const std::string& case_path);

std::uint64_t shard_bytes(const RegionOptions& options);

}  // namespace headroom::cli
