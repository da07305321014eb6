#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "io/case/case_outline.hpp"
#include "io/cli/allocation_run.hpp"
#include "io/cli/output_path.hpp"
#include "io/cli/region_report.hpp"
#include "io/cli/stop_signal.hpp"
#include "io/cli/verbs.hpp"
#include "io/clock.hpp"
#include "io/errors.hpp"
#include "io/progress.hpp"
#include "io/run/shard_memory.hpp"
#include "solver/batch/run_batch.hpp"
#include "solver/batch/together.hpp"
#include "solver/lanes/simd_level.hpp"

namespace headroom::cli {

namespace {

constexpr double bytes_per_mib = 1024.0 * 1024.0, bytes_per_gib = 1024.0 * bytes_per_mib;

RunPlan make_plan(const AllocateOptions& options, const CaseOutline& outline) {
    const int limits = options.question.reactive == Reactive::joint ? 4 : 2;
    RunPlan plan{
        .info = run_info(options, outline.name, outline.series),
        .case_path = options.case_path,
        .feeder_count = static_cast<std::int64_t>(outline.feeder_count()),
        .customer_count = static_cast<std::int64_t>(outline.customer_count()),
        .step_count = static_cast<std::int64_t>(outline.step_count()),
        .shards = plan_shards(outline, limits, static_cast<std::uint64_t>(options.region.shard_mib * bytes_per_mib))};
    // What a part holds beside what the question decides; parts of one run are alike.
    for (const auto& [asked, words] :
         {std::pair{options.row_values, "--row-values"}, std::pair{options.price_of_fairness, "--price-of-fairness"}})
        if (asked) plan.contents += std::string(plan.contents.empty() ? "" : " ") + words;
    return plan;
}

/// Whether there is memory to read and write beside solving.
bool may_overlap(const AllocateOptions& options, const MemoryNeed& need) {
    const double most = options.region.memory_gib * bytes_per_gib;
    if (most == 0 || need.overlapped <= most) return true;
    if (need.alone <= most) return false;
    throw UsageError(fmt::format(
        "--memory: one part of {} MiB needs about {:.1f} GiB; allow more, or make parts smaller with --shard-size",
        options.region.shard_mib, need.alone / bytes_per_gib));
}

std::string plan_text(const AllocateOptions& options, const RunPlan& plan, const MemoryNeed& need, bool overlap) {
    std::uint64_t bytes = 0;
    for (const Shard& shard : plan.shards) bytes += shard.raw_bytes;
    return fmt::format(
        "case '{}': {} feeders, {} customers, series '{}' of {} steps\n"
        "{} items in {} parts on {} threads with {} kernels; {}: {:.1f} MB at most before compression\n"
        "memory: about {:.2f} GiB{}\n",
        plan.info.case_name, plan.feeder_count, plan.customer_count, plan.info.series, plan.step_count,
        plan.item_count(), plan.shards.size(), thread_count(options.threads), plan.info.simd, options.result_path,
        static_cast<double>(bytes) / 1e6, (overlap ? need.overlapped : need.alone) / bytes_per_gib,
        overlap ? "" : ", reading and writing between solving");
}

/// Progress over the items that this process and others like it have before them.
std::optional<Progress> progress_of(const AllocateOptions& options, const RunPlan& plan, const Team& team) {
    if (options.quiet || team.rank() != 0) return {};
    return std::optional<Progress>(std::in_place, "allocating",
                                   plan.item_count() / std::max(1, team.size() * options.region.slice.count));
}

ExitCode exit_code(const RunPlan& plan, const RegionOutcome& outcome, const RegionTotals& totals) {
    if (outcome.stopped) return ExitCode::interrupted;
    if (totals.invalid_feeders == plan.feeder_count) return ExitCode::invalid_input;  // nothing was solved
    return totals.summary.all_solved() ? ExitCode::done : ExitCode::incomplete;
}

/// How it went, as the first of the team tells it.
void tell(const AllocateOptions& options, const RunPlan& plan, const RegionOutcome& outcome, const RegionTotals& totals,
          double seconds) {
    const RunFolder folder(options.result_path);
    if (options.json) fmt::print("{}\n", region_json(plan, totals));
    if (options.quiet) return;
    fmt::print(stderr, "{}{} parts made in {:.1f} s, {} kept\n", region_text(plan, totals, folder),
               totals.shards_done - outcome.kept, seconds, outcome.kept);
    if (!outcome.complete)
        fmt::print(stderr, "{}: {} of {} parts are there; --resume goes on\n", options.result_path, totals.shards_done,
                   plan.shards.size());
}

}  // namespace

ExitCode allocate_region(const AllocateOptions& options, Team& team) {
    const auto start = Clock::now();
    CaseOutline outline;
    RunPlan plan;
    MemoryNeed need;
    bool overlap = true;
    const StepFate fate = together(team, [&] {
        outline = read_outline(options.case_path, options.series);
        plan = make_plan(options, outline);
        need = memory_need(outline, plan, thread_count(options.threads), options.question.secure == Secure::ac);
        overlap = may_overlap(options, need);
    });
    if (fate != StepFate::well) return ExitCode::done;
    if (options.dry_run) {
        if (team.rank() == 0) fmt::print("{}", plan_text(options, plan, need, overlap));
        return ExitCode::done;
    }

    const StopSignal stop_signal;
    std::optional<Progress> progress = progress_of(options, plan, team);
    const RegionRun run{.folder = options.result_path,
                        .resume = options.region.resume,
                        .strict = options.strict,
                        .overlap = overlap,
                        .slice = options.region.slice,
                        .solve =
                            [&](const Region& region, const SeriesSet& series, const std::vector<std::string>& faults,
                                const std::function<void(std::int64_t)>& solved) {
                                return solve(region, series, options, faults,
                                             {.solved = solved, .stop = &StopSignal::asked(), .is_part = true});
                            },
                        .solved =
                            [&progress](std::int64_t items) {
                                if (progress) progress->tick(items);
                            },
                        .stop = &StopSignal::asked()};
    const RegionOutcome outcome = run_region(plan, outline, run, team);
    progress.reset();
    if (team.rank() != 0) return outcome.stopped ? ExitCode::interrupted : ExitCode::done;
    const RegionTotals totals = total_of(plan, outcome.done);
    tell(options, plan, outcome, totals, seconds_since(start));
    return exit_code(plan, outcome, totals);
}

}  // namespace headroom::cli
