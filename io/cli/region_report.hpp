#pragma once

#include <string>

#include "io/run/region_run.hpp"

namespace headroom::cli {

/// What the finished shards of a run come to.
struct RegionTotals {
    std::size_t shards_done = 0;
    std::int64_t feeders_done = 0, invalid_feeders = 0;
    std::uint64_t bytes = 0;
    PartSummary summary;
    double read_s = 0, solve_s = 0, write_s = 0;
};
RegionTotals total_of(const RunPlan& plan, const std::map<std::size_t, ShardRecord>& done);

/// For people: items by status, limits, certificates, where to find what is not solved.
std::string region_text(const RunPlan& plan, const RegionTotals& totals, const RunFolder& folder);

/// The same for machines: one JSON object.
std::string region_json(const RunPlan& plan, const RegionTotals& totals, const RunFolder& folder);

}  // namespace headroom::cli
