#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "io/case/limit_count.hpp"
#include "io/cli/market_names.hpp"
#include "io/cli/question_text.hpp"
#include "io/cli/region_verb.hpp"
#include "io/cli/replay_run.hpp"
#include "io/cli/verbs.hpp"
#include "io/errors.hpp"
#include "io/result/limit_file.hpp"
#include "io/run/source_run.hpp"
#include "solver/batch/run_batch.hpp"
#include "solver/batch/together.hpp"

namespace headroom::cli {

namespace {

/// The run whose limits are replayed, and what the replay remembers of it.
struct ShardedReplay {
    ShardedReplay(const ReplayOptions& asked, SourceRun limits, ReplayInfo notes)
        : options(asked), source(std::move(limits)), info(std::move(notes)) {}

    const ReplayOptions& options;
    SourceRun source;
    ReplayInfo info;
};

class ReplayShard final : public ShardWork {
public:
    ReplayShard(std::shared_ptr<const ShardedReplay> replay, ShardInput input)
        : replay_(std::move(replay)),
          input_(std::move(input)),
          limits_(read_limits(replay_->source.folder.part(input_.shard))) {
        const std::int64_t first = replay_->source.plan.shards[input_.shard].first_feeder;
        keep_feeders(static_cast<std::size_t>(input_.first_feeder - first), input_.region.feeder_count(), limits_);
    }

    void solve(const ShardWatch& watch) override {
        ReplayRun run;
        run.threads = replay_->options.threads;
        run.finished = watch.solved;
        run.stop = watch.stop;
        run.first_feeder = input_.first_feeder;
        result_ = replay_limits(replay_->options, limits_, input_.region, input_.faults, run);
    }

    PartFile write(const std::filesystem::path& path) override {
        write_replay(result_, input_.region, input_.region.series.front(), replay_->info, path);
        return {.notes = notes_of(replay_->info),
                .feeder_id = input_.region.feeder.id,
                .feeder_fault = result_.feeder_fault,
                .summary = summarise(result_)};
    }

private:
    std::shared_ptr<const ShardedReplay> replay_;
    ShardInput input_;
    LimitFile limits_;
    ReplayResult result_;
};

/// Of a plan, what its parts say of the envelopes behind their limits, and of the market that moved them.
std::pair<RunInfo, std::string> limits_of(const RunPlan& plan, const std::string& path) {
    RunInfo envelopes = run_info_of(plan.notes);
    if (plan.kind == RunKind::allocate) return {std::move(envelopes), ""};
    if (plan.kind != RunKind::clear)
        throw InputError(
            fmt::format("'{}' holds a run of '{}', which has no limits to replay", path, plan.traits().name));
    if (plan.note("market") == name_of(market_names, MarketKind::set_point_exchange))
        throw InputError(fmt::format("'{}' has set-points, and no limits to replay", path));
    envelopes.options = plan.note("envelope_options");
    return {std::move(envelopes), fmt::format("{} by {}", plan.note("market"), plan.note("mechanism"))};
}

/// Worst values of about four limits for each bus that is watched.
constexpr ResultSize replay_size{.per_customer = 32, .per_item = 60, .per_bus = 64};

RegionJob job_of(const ReplayOptions& options, const CaseOutline& outline) {
    SourceRun source = open_source(options.result_path);
    const auto [envelopes, market] = limits_of(source.plan, options.result_path);
    require_case_of(envelopes, options);
    const ReplayInfo info = replay_info(options, envelopes, market, source.digest);
    RegionJob job;
    job.plan = plan_of(RunKind::replay, outline, options.case_path);
    job.plan.notes = notes_of(info);
    job.plan.shards = resized(source.plan.shards, outline, replay_size);
    const AllocationQuestion question = question_of(envelopes, options.result_path);
    job.need = memory_need(outline, job.plan, thread_count(options.threads),
                           {.work = FeederWork::replay,
                            .size = replay_size,
                            .per_limit = 8,
                            .read_per_customer = question.reactive == Reactive::joint ? 48u : 24u,
                            .is_joint = question.reactive == Reactive::joint},
                           count_limits(options.case_path, outline, question.monitoring));
    const auto replay = std::make_shared<const ShardedReplay>(options, std::move(source), info);
    job.task.begin = [replay](ShardInput input) { return std::make_unique<ReplayShard>(replay, std::move(input)); };
    return job;
}

}  // namespace

void require_for_shards(const ReplayOptions& options) {
    if (!names_a_folder(options.result_path))
        throw UsageError(
            fmt::format("-o: a replay by parts is of the folder of a run; '{}' is a file", options.result_path));
    if (options.region.cuts_parts())
        throw UsageError("--shard-size: parts are those of the run that is replayed; leave it out");
}

ExitCode replay_by_shards(const ReplayOptions& options, Team& team) {
    std::string series;
    const StepFate fate = together(team, [&] {
        require_for_shards(options);
        series = plan_of_run(options.result_path).note("series");
    });
    if (fate != StepFate::well) return ExitCode::done;
    return work_through(
        region_verb(options, series, options.replay_path, "replaying"),
        [&](const CaseOutline& outline) { return job_of(options, outline); }, team);
}

}  // namespace headroom::cli
