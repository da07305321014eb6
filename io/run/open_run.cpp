#include "io/run/open_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <system_error>

#include "io/errors.hpp"
#include "io/folder.hpp"

namespace headroom {
namespace {

/// Better before the work than after it.
void require_room(const RunFolder& folder, const RunPlan& plan) {
    std::uint64_t largest = 0;
    for (const Shard& shard : plan.shards) largest = std::max(largest, shard.raw_bytes);
    const std::optional<std::uint64_t> room = free_bytes(folder.path());
    if (room && *room < largest)
        throw OutputError(
            fmt::format("'{}': one part needs up to {} bytes, {} are free", folder.path().string(), largest, *room));
}

void remove_unfinished(const RunFolder& folder) {
    for (const char* kind : {"part-", "plan.json", "index.h5", "report.csv", "metrics-"})
        for (const auto& file : folder.files(kind))
            if (file.filename().string().find(".partial-") != std::string::npos) {
                std::error_code gone;
                std::filesystem::remove(file, gone);
            }
}

void require_same_plan(const RunFolder& folder, const RunPlan& plan, bool resume) {
    if (!resume)
        throw UsageError(
            fmt::format("'{}' holds a run already; add --resume to go on with it (in a job file: "
                        "resume = true), or give another folder",
                        folder.path().string()));
    const std::string changed = difference(read_plan(folder.plan()), plan);
    if (!changed.empty())
        throw UsageError(fmt::format("'{}' holds a run of another question, which cannot be resumed: {}",
                                     folder.path().string(), changed));
}

}  // namespace

ShardRecord record_part(const RunFolder& folder, const RunPlan& plan, const CaseOutline& outline, std::size_t shard) {
    const std::filesystem::path path = folder.part(shard);
    const PartFile file = read_part(plan.kind, path);
    const Shard& range = plan.shards[shard];
    const auto first = outline.feeder_id.begin() + range.first_feeder;
    if (file.notes != plan.notes
        || !std::equal(first, first + range.feeder_count, file.feeder_id.begin(), file.feeder_id.end()))
        throw InputError(fmt::format("'{}' belongs to another run", path.string()));
    return record_of(shard, path, file);
}

std::map<std::size_t, ShardRecord> open_run(const RunFolder& folder, const RunPlan& plan, const CaseOutline& outline,
                                            bool resume, bool alone) {
    if (alone) remove_unfinished(folder);
    require_room(folder, plan);
    if (!folder.has_plan()) {
        write_plan(plan, folder.plan());
        return {};
    }
    require_same_plan(folder, plan, resume);
    const std::multimap<std::size_t, ShardRecord> records = read_journals(folder, plan.kind);
    std::map<std::size_t, ShardRecord> done = find_done(folder, records, PartCheck::digest);
    for (std::size_t shard = 0; shard < plan.shards.size(); ++shard) {
        // A part that is not what its record says was damaged later.
        if (records.contains(shard) || !std::filesystem::exists(folder.part(shard))) continue;
        try {
            done.emplace(shard, record_part(folder, plan, outline, shard));
            append_record(folder.journal(0), done.at(shard));
        } catch (const InputError&) {
            continue;  // damaged: it is made again, and replaced
        }
    }
    return done;
}

}  // namespace headroom
