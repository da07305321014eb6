#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "io/cli/region_report.hpp"
#include "io/cli/verbs.hpp"
#include "io/clock.hpp"
#include "io/errors.hpp"
#include "io/report/counted.hpp"
#include "io/run/run_metrics.hpp"
#include "io/run/shard_pace.hpp"

namespace headroom::cli {

namespace {

constexpr double silence_s = 30;  // a process that was not heard for so long is not at work
constexpr double doubt_s = 12;    // two beats and more missed: told

struct Pulse {
    int processes = 0;               ///< heard of in the last moments
    double items_per_s = 0;          ///< of these, since each began
    std::int64_t items_at_work = 0;  ///< of these, solved in shards that are not finished
    double heard_ago = 0;            ///< s, the last sign of any process
    std::int64_t resident_bytes = 0;
};

Pulse pulse_of(const RunFolder& folder) {
    const double now = unix_time();
    Pulse pulse;
    double last = 0;
    for (const auto& file : folder.files("metrics-")) {
        if (file.extension() != ".prom") continue;
        const std::optional<RunFigures> figures = read_metrics(file);
        if (!figures) continue;
        last = std::max(last, figures->heard);
        if (figures->at_work == 0 || now - figures->heard > silence_s) continue;
        ++pulse.processes;
        pulse.resident_bytes += figures->resident_bytes;
        pulse.items_at_work += figures->items_done - figures->items_written;
        const double worked = figures->heard - figures->started;
        if (worked > 0) pulse.items_per_s += static_cast<double>(figures->items_done) / worked;
    }
    pulse.heard_ago = last > 0 ? now - last : 0;
    return pulse;
}

/// Until what is not done will be: as finished shards tell, and before there is one as the items that are solved.
std::optional<double> seconds_left(const RunPlan& plan, const std::map<std::size_t, ShardRecord>& done,
                                   const Pulse& pulse) {
    std::int64_t items = 0;
    for (std::size_t shard = 0; shard < plan.shards.size(); ++shard)
        if (!done.contains(shard)) items += plan.shards[shard].feeder_count * plan.step_count;
    const auto left = static_cast<double>(std::max<std::int64_t>(items - pulse.items_at_work, 0));
    const std::vector<double> seconds = shard_seconds(plan, done);
    if (seconds.empty()) return pulse.items_per_s > 0 ? std::optional(left / pulse.items_per_s) : std::nullopt;
    double all = 0;
    for (std::size_t shard = 0; shard < plan.shards.size(); ++shard) all += done.contains(shard) ? 0 : seconds[shard];
    return all * left / static_cast<double>(items) / pulse.processes;
}

std::string pulse_text(const RunPlan& plan, const std::map<std::size_t, ShardRecord>& done, const RegionTotals& totals,
                       const Pulse& pulse) {
    if (totals.shards_done == plan.shards.size()) return "finished\n";
    if (pulse.processes == 0)
        return fmt::format("nobody is at work, last sign {:.0f} s ago; --resume goes on\n", pulse.heard_ago);
    std::string text =
        fmt::format("{} at work, {:.0f} items per second, {:.2f} GiB\n", counted(pulse.processes, "process"),
                    pulse.items_per_s, static_cast<double>(pulse.resident_bytes) / (1024.0 * 1024.0 * 1024.0));
    if (pulse.heard_ago > doubt_s) {
        text += fmt::format("no sign of it for {:.0f} s: it may have been killed\n", pulse.heard_ago);
        return text;
    }
    if (const auto left = seconds_left(plan, done, pulse)) text += fmt::format("about {:.0f} s left\n", *left);
    return text;
}

}  // namespace

ExitCode status(const StatusOptions& options) {
    const RunFolder folder(options.path);
    if (!folder.has_plan()) throw InputError(fmt::format("'{}' holds no run over a region", options.path));
    const RunPlan plan = read_plan(folder.plan());
    const std::map<std::size_t, ShardRecord> done =
        find_done(folder, read_journals(folder, plan.kind), PartCheck::size);
    const RegionTotals totals = total_of(plan, done);
    const Pulse pulse = pulse_of(folder);
    if (options.json) {
        auto json = nlohmann::ordered_json::parse(region_json(plan, totals, folder));
        json["processes"] = pulse.processes;
        json["items_per_s"] = pulse.items_per_s;
        fmt::print("{}\n", json.dump(2));
    } else {
        fmt::print("{}{}", region_text(plan, totals, folder), pulse_text(plan, done, totals, pulse));
    }
    return totals.shards_done == plan.shards.size() ? ExitCode::done : ExitCode::interrupted;
}

}  // namespace headroom::cli
