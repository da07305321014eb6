#include <algorithm>
#include <memory>
#include <utility>

#include "formulations/envelope/allocation.hpp"
#include "io/case/limit_count.hpp"
#include "io/cli/allocation_run.hpp"
#include "io/cli/region_verb.hpp"
#include "io/cli/verbs.hpp"
#include "io/result/envelope_file.hpp"
#include "solver/batch/run_batch.hpp"

namespace headroom::cli {

namespace {

class AllocationShard final : public ShardWork {
public:
    AllocationShard(const AllocateOptions& options, RunInfo info, PolicyTable policies, ShardInput input)
        : options_(options), info_(std::move(info)), policies_(std::move(policies)), input_(std::move(input)) {}

    void solve(const ShardWatch& watch) override {
        result_ = cli::solve(input_.region, input_.region.series.front(), options_, policies_, input_.faults,
                             {.solved = watch.solved, .stop = watch.stop, .is_part = true});
    }

    PartFile write(const std::filesystem::path& path) override {
        write_envelopes(result_, input_.region, input_.region.series.front(), info_, path, policies_.asked);
        return {.notes = notes_of(info_),
                .feeder_id = input_.region.feeder.id,
                .feeder_fault = result_.feeder_fault,
                .summary = summarise(result_)};
    }

private:
    const AllocateOptions& options_;
    RunInfo info_;
    PolicyTable policies_;  ///< of its feeders
    ShardInput input_;
    EnvelopeResult result_;
};

/// What a part holds beside what the question decides; parts of one run are alike.
std::string contents(const AllocateOptions& options) {
    std::string words;
    for (const auto& [asked, word] :
         {std::pair{options.row_values, "--row-values"}, std::pair{options.price_of_fairness, "--price-of-fairness"}})
        if (asked) words += std::string(words.empty() ? "" : " ") + word;
    return words;
}

FeederWork work_of(const AllocateOptions& options, bool is_concave) {
    if (options.question.secure == Secure::ac) return FeederWork::correction;
    if (needs_power_flow(options.question)) return FeederWork::linearised;
    return is_concave ? FeederWork::concave : FeederWork::filling;
}

ShardContents contents_of(const AllocateOptions& options, const PolicyTable& policies, const ResultSize& size) {
    const bool is_concave =
        options.price_of_fairness || headroom::is_concave(options.question.policy)
        || std::ranges::any_of(policies.sharing, [](const Sharing& s) { return headroom::is_concave(s.policy); });
    return {.work = work_of(options, is_concave),
            .size = size,
            .per_limit = options.row_values ? 16u : 0u,
            .is_joint = options.question.reactive == Reactive::joint,
            .is_concave = is_concave};
}

}  // namespace

ExitCode allocate_by_shards(const AllocateOptions& options, Team& team) {
    const auto prepare = [&](const CaseOutline& outline) {
        const auto policies = std::make_shared<const PolicyTable>(read_policies(options, outline.feeder_id));
        const RunInfo info = run_info(options, *policies, outline.name, outline.series);
        RegionJob job;
        job.plan = plan_of(RunKind::allocate, outline, options.case_path);
        job.plan.notes = notes_of(info);
        job.plan.contents = contents(options);
        const ResultSize size{.per_customer = options.question.reactive == Reactive::joint ? 48u : 24u, .per_item = 80};
        job.plan.shards = plan_shards(outline, size, shard_bytes(options.region));
        job.need = memory_need(outline, job.plan, thread_count(options.threads), contents_of(options, *policies, size),
                               count_limits(options.case_path, outline, options.question.monitoring));
        job.task.begin = [&options, info, policies](ShardInput input) {
            PolicyTable own = policies->part(static_cast<std::size_t>(input.first_feeder), input.region.feeder_count());
            return std::make_unique<AllocationShard>(options, info, std::move(own), std::move(input));
        };
        return job;
    };
    return work_through(region_verb(options, options.series, options.result_path, "allocating"), prepare, team);
}

}  // namespace headroom::cli
