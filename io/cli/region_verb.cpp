#include "io/cli/region_verb.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "io/cli/region_report.hpp"
#include "io/cli/stop_signal.hpp"
#include "io/clock.hpp"
#include "io/errors.hpp"
#include "io/progress.hpp"
#include "io/report/counted.hpp"
#include "io/run/region_run.hpp"
#include "io/run/time_estimate.hpp"
#include "solver/batch/run_batch.hpp"
#include "solver/batch/together.hpp"

namespace headroom::cli {

namespace {

constexpr double bytes_per_mib = 1024.0 * 1024.0, bytes_per_gib = 1024.0 * bytes_per_mib;

/// Whether there is memory to read and write beside solving.
bool may_overlap(const RegionOptions& options, const MemoryNeed& need) {
    const double most = options.memory_gib * bytes_per_gib;
    if (most == 0 || need.overlapped <= most) return true;
    if (need.alone <= most) return false;
    throw UsageError(fmt::format(
        "--memory: one part of {} MiB needs about {:.1f} GiB; allow more, or make parts smaller with --shard-size",
        options.shard_mib, need.alone / bytes_per_gib));
}

std::string plan_text(const RegionVerb& verb, const RegionJob& job, bool overlap) {
    const RunPlan& plan = job.plan;
    std::uint64_t bytes = 0;
    for (const Shard& shard : plan.shards) bytes += shard.raw_bytes;
    return fmt::format(
        "case '{}': {}, {}, series '{}' of {}\n"
        "{} in {} on {} with {} kernels; {}: {:.1f} MB at most before compression\n"
        "memory: about {:.2f} GiB{}\n",
        plan.note("case_name"), counted(plan.feeder_count, "feeder"), counted(plan.customer_count, "customer"),
        plan.note("series"), counted(plan.step_count, "step"), counted(plan.item_count(), "item"),
        counted(plan.shards.size(), "part"), counted(thread_count(verb.threads), "thread"), plan.note("simd"),
        verb.folder, static_cast<double>(bytes) / 1e6, (overlap ? job.need.overlapped : job.need.alone) / bytes_per_gib,
        overlap ? "" : ", reading and writing between solving");
}

/// What the first member of the team says instead of working.
void show_plan(const RegionVerb& verb, const RegionJob& job, const CaseOutline& outline, bool overlap,
               const Team& team) {
    fmt::print("{}", plan_text(verb, job, overlap));
    const auto time = estimate_time(job.plan, outline, job.task, thread_count(verb.threads));
    if (!time) return fmt::print("time: no feeder of those tried was solved within seconds\n");
    const int processes = team.size() * verb.region.slice.count;
    const auto seconds = [processes](double of_one) { return fmt::format("{:.0f} s", of_one / processes); };
    fmt::print(
        "time: about {}{}{}, as {} of the feeders tell\n", seconds(time->seconds),
        time->lowest < time->highest ? fmt::format(" ({} to {})", seconds(time->lowest), seconds(time->highest)) : "",
        processes > 1 ? fmt::format(" on {} processes", processes) : "", time->feeders);
}

ExitCode exit_code(const RunPlan& plan, const RegionOutcome& outcome, const RegionTotals& totals) {
    if (outcome.stopped) return ExitCode::interrupted;
    if (totals.invalid_feeders == plan.feeder_count) return ExitCode::invalid_input;  // nothing was solved
    return is_whole(totals.summary) ? ExitCode::done : ExitCode::incomplete;
}

/// How it went, as the first of the team tells it.
void tell(const RegionVerb& verb, const RunPlan& plan, const RegionOutcome& outcome, const RegionTotals& totals,
          double seconds) {
    const RunFolder folder(verb.folder);
    if (verb.json) fmt::print("{}\n", region_json(plan, totals, folder));
    if (verb.quiet) return;
    fmt::print(stderr, "{}{} made in {:.1f} s, {} kept\n", region_text(plan, totals, folder),
               counted(totals.shards_done - outcome.kept, "part"), seconds, outcome.kept);
    if (!outcome.complete)
        fmt::print(stderr, "{}: {} of {} there; --resume goes on\n", verb.folder, totals.shards_done,
                   counted(plan.shards.size(), "part"));
}

}  // namespace

RunPlan plan_of(RunKind kind, const CaseOutline& outline, const std::string& case_path) {
    return {.kind = kind,
            .notes = {},
            .case_path = case_path,
            .feeder_count = static_cast<std::int64_t>(outline.feeder_count()),
            .customer_count = static_cast<std::int64_t>(outline.customer_count()),
            .step_count = static_cast<std::int64_t>(outline.step_count()),
            .shards = {}};
}

std::uint64_t shard_bytes(const RegionOptions& options) {
    return static_cast<std::uint64_t>(options.shard_mib * bytes_per_mib);
}

ExitCode work_through(const RegionVerb& verb, const std::function<RegionJob(const CaseOutline&)>& prepare, Team& team) {
    const auto start = Clock::now();
    CaseOutline outline;
    RegionJob job;
    bool overlap = true;
    const StepFate fate = together(team, [&] {
        outline = read_outline(verb.case_path, verb.series);
        job = prepare(outline);
        overlap = may_overlap(verb.region, job.need);
    });
    if (fate != StepFate::well) return ExitCode::done;
    if (verb.dry_run) {
        if (team.rank() == 0) show_plan(verb, job, outline, overlap, team);
        return ExitCode::done;
    }

    const StopSignal stop_signal;
    std::optional<Progress> progress;
    const RegionRun run{.folder = verb.folder,
                        .resume = verb.region.resume,
                        .strict = verb.strict,
                        .overlap = overlap,
                        .slice = verb.region.slice,
                        .task = job.task,
                        .begun =
                            [&](std::int64_t items) {
                                // The others of the team are taken to be as fast.
                                if (!verb.quiet && team.rank() == 0) progress.emplace(verb.doing, items / team.size());
                            },
                        .watch = {.solved =
                                      [&progress](std::int64_t items) {
                                          if (progress) progress->tick(items);
                                      },
                                  .stop = &StopSignal::asked()}};
    const RegionOutcome outcome = run_region(job.plan, outline, run, team);
    progress.reset();
    if (team.rank() != 0) return outcome.stopped ? ExitCode::interrupted : ExitCode::done;
    const RegionTotals totals = total_of(job.plan, outcome.done);
    tell(verb, job.plan, outcome, totals, seconds_since(start));
    return exit_code(job.plan, outcome, totals);
}

}  // namespace headroom::cli
