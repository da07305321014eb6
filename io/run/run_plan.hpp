#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "io/result/run_info.hpp"
#include "io/run/run_kind.hpp"
#include "io/run/shard_plan.hpp"

namespace headroom {

/// What a run over a region is going to do, as its folder remembers it: RUN/plan.json.
struct RunPlan {
    RunKind kind = RunKind::allocate;
    RunNotes notes;             ///< root attributes of every part; "case_digest", "series", "simd" are among them
    std::string contents = {};  ///< what else parts hold, as on the command line
    std::string case_path;      ///< as it was given; the digest says which file is meant
    std::int64_t feeder_count = 0, customer_count = 0, step_count = 0;
    std::vector<Shard> shards;

    std::int64_t item_count() const { return feeder_count * step_count; }
    const RunKindTraits& traits() const { return headroom::traits(kind); }
    /// @pre it is there
    const std::string& note(std::string_view name) const;
};

/// Complete or not at all.    @throws OutputError
void write_plan(const RunPlan& plan, const std::filesystem::path& path);

/// @throws InputError  where the file is damaged or no plan
RunPlan read_plan(const std::filesystem::path& path);

/// The first thing in which two plans would not give the same bytes: "policy: max-min, now equal". "": none; where the
/// case lies does not matter.
std::string difference(const RunPlan& before, const RunPlan& now);

}  // namespace headroom
