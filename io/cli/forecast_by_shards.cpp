#include <memory>
#include <utility>

#include "io/case/limit_count.hpp"
#include "io/cli/forecast_run.hpp"
#include "io/cli/region_verb.hpp"
#include "io/cli/verbs.hpp"
#include "io/result/congestion_file.hpp"
#include "solver/batch/run_batch.hpp"

namespace headroom::cli {

namespace {

class ForecastShard final : public ShardWork {
public:
    ForecastShard(const CongestionOptions& options, ForecastRunInfo info, ShardInput input)
        : options_(options), info_(std::move(info)), input_(std::move(input)) {}

    void solve(const ShardWatch& watch) override {
        CongestionRun run;
        run.threads = options_.threads;
        run.finished = watch.solved;
        run.stop = watch.stop;
        run.first_feeder = input_.first_feeder;
        result_ = forecast(options_, input_.region, input_.faults, run);
    }

    PartFile write(const std::filesystem::path& path) override {
        const SeriesSet& series = input_.region.series.front();
        write_congestion(result_, input_.region, series, info_, path);
        return {.notes = notes_of(info_),
                .feeder_id = input_.region.feeder.id,
                .feeder_fault = result_.feeder_fault,
                .summary = summarise(result_, series.start, series.end)};
    }

private:
    const CongestionOptions& options_;
    ForecastRunInfo info_;
    ShardInput input_;
    CongestionResult result_;
};

/// Statistics of about four limits for each bus that is watched.
ResultSize result_size(const CongestionQuestion& question) {
    constexpr std::uint64_t limits_per_bus = 4;
    const std::uint64_t quantiles = question.quantiles.size();
    return {.per_item = 40 + 8 * quantiles, .per_bus = limits_per_bus * (28 + 8 * quantiles)};
}

RegionJob job_of(const CongestionOptions& options, const CaseOutline& outline) {
    const ForecastRunInfo info = run_info(options, outline.name, outline.series);
    RegionJob job;
    job.plan = plan_of(RunKind::forecast_congestion, outline, options.case_path);
    job.plan.notes = notes_of(info);
    job.plan.shards = plan_shards(outline, result_size(options.question), shard_bytes(options.region));
    const CongestionQuestion& question = options.question;
    job.need = memory_need(outline, job.plan, thread_count(options.threads),
                           {.work = FeederWork::forecast,
                            .size = result_size(question),
                            .per_limit = 28 + 8 * question.quantiles.size(),
                            .samples = static_cast<std::uint64_t>(question.samples)},
                           count_limits(options.case_path, outline, question.monitoring));
    job.task.begin = [&options, info](ShardInput input) {
        return std::make_unique<ForecastShard>(options, info, std::move(input));
    };
    return job;
}

}  // namespace

ExitCode forecast_by_shards(const CongestionOptions& options, Team& team) {
    return work_through(
        region_verb(options, options.series, options.result_path, "sampling"),
        [&](const CaseOutline& outline) { return job_of(options, outline); }, team);
}

}  // namespace headroom::cli
