#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "formulations/secure/replay.hpp"
#include "io/cli/envelope_report.hpp"
#include "io/cli/replay_report.hpp"
#include "io/cli/verbs.hpp"
#include "io/progress.hpp"
#include "io/result/customer_table.hpp"
#include "io/result/row_table.hpp"

namespace headroom::cli {

namespace {

using Json = nlohmann::ordered_json;

ReplayResult replay_shown(const Region& region, const AllocateOptions& options, const EnvelopeResult& limits) {
    std::optional<Progress> progress;
    if (!options.quiet) progress.emplace("replaying", static_cast<std::int64_t>(limits.status.size()));
    ReplayRun run;
    run.threads = options.threads;
    run.finished = [&progress](std::int64_t done) {
        if (progress) progress->tick(done);
    };
    return replay(region, region.series.front(), options.question,
                  {limits.export_limit, limits.import_limit, limits.q_inject_limit, limits.q_absorb_limit},
                  limits.feeder_fault, {}, run);
}

std::string json_of(const EnvelopeResult& limits, const EnvelopeNames& names, const ReplayResult& replayed,
                    const ReplayNames& replay_names) {
    const Json json{{"kind", "aligned_corners"},
                    {"envelopes", Json::parse(envelope_json(limits, names))},
                    {"replay", Json::parse(replay_json(replayed, replay_names))}};
    return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

ExitCode show_aligned_corners(const AllocateOptions& options, const Region& region, const PolicyTable& policies,
                              const EnvelopeResult& limits) {
    const ReplayResult replayed = replay_shown(region, options, limits);
    const std::vector<std::int64_t>& start = region.series.front().start;
    const RowNames rows = row_names(limits.rows, region), replay_rows = row_names(replayed.rows, region);
    const std::vector<std::int32_t> owner = customer_feeder(region);
    const EnvelopeNames names{region.feeder.id,        rows.bus, rows.branch, start, owner, policies.asked.policy,
                              policies.asked.reference};
    const ReplayNames replay_names{region.feeder.id, replay_rows.bus, replay_rows.branch, start,
                                   options.question.errors};
    if (options.json) fmt::print("{}\n", json_of(limits, names, replayed, replay_names));
    if (!options.quiet)
        fmt::print(stderr,
                   "{}Aligned corners alone: limits for diagnosis, not written. What a replay with a full search finds "
                   "inside them:\n{}",
                   envelope_text(limits, names), replay_text(replayed, replay_names));
    return summarise(limits).all_solved() && summarise(replayed).all_clean() ? ExitCode::done : ExitCode::incomplete;
}

}  // namespace headroom::cli
