#include <fmt/format.h>

#include <cstdio>

#include "io/case/case_file.hpp"
#include "io/cli/attempt.hpp"
#include "io/cli/job_file.hpp"
#include "io/cli/job_files.hpp"
#include "io/cli/job_plan.hpp"
#include "io/cli/job_report.hpp"
#include "io/cli/verbs.hpp"
#include "io/clock.hpp"
#include "solver/batch/together.hpp"

namespace headroom::cli {

namespace {

/// The case in every series that a stage uses.
CaseSizes case_sizes(const JobPlan& plan) {
    CaseSizes sizes;
    for (const JobStage& stage : plan.stages) {
        if (!stage.series || sizes.contains(*stage.series)) continue;
        const Region region = read_case(plan.case_path, {.series = *stage.series, .orders = false});
        const SeriesSet& series = region.series.front();
        sizes[*stage.series] = {region.name, series.name, region.feeder_count(), region.customer_count(),
                                series.step_count()};
    }
    return sizes;
}

ExitCode show_plan(const JobPlan& plan, const RunOptions& options) {
    const CaseSizes sizes = case_sizes(plan);
    if (options.json)
        fmt::print("{}\n", job_plan_json(plan, sizes));
    else
        fmt::print("{}", job_plan_text(plan, sizes));
    return ExitCode::done;
}

/// Later stages have something to work on.
bool goes_on(ExitCode code) { return code == ExitCode::done || code == ExitCode::incomplete; }

/// A stage that is not done after one that was incomplete is worse, or as bad.
ExitCode worst(ExitCode before, ExitCode stage) { return stage == ExitCode::done ? before : stage; }

StageOutcome run_stage(const JobStage& stage, Team& team) {
    const auto start = Clock::now();
    const ExitCode code = agree(attempt([&] { return obey(stage.command, team); }, stage.name + ": "), team);
    return {StageOutcome::State::ran, code, seconds_since(start)};
}

}  // namespace

ExitCode run_job(const RunOptions& options, Team& team) {
    const bool speaks = team.rank() == 0;
    JobPlan plan;
    const StepFate fate = together(team, [&] {
        plan = plan_job(read_job(options.job_path), options);
        require_inputs(plan);
        require_outputs_apart(plan);
        if (!options.dry_run) make_folder(plan);
    });
    if (fate != StepFate::well) return ExitCode::done;
    if (options.dry_run) return speaks ? show_plan(plan, options) : ExitCode::done;

    std::vector<StageOutcome> outcomes(plan.stages.size());
    ExitCode code = ExitCode::done;
    for (std::size_t s = 0; s < plan.stages.size(); ++s) {
        const JobStage& stage = plan.stages[s];
        if (!stage.runs) {
            outcomes[s].state = StageOutcome::State::kept;
            continue;
        }
        if (!options.quiet && speaks)
            fmt::print(stderr, "stage {} of {}, {}: {}\n", s + 1, plan.stages.size(), stage.name,
                       command_text(stage.words));
        outcomes[s] = run_stage(stage, team);
        code = worst(code, outcomes[s].code);
        if (!goes_on(code)) break;
    }
    if (options.json && speaks) fmt::print("{}\n", job_outcome_json(plan, outcomes, code));
    if (!options.quiet && speaks) fmt::print(stderr, "{}", job_outcome_text(plan, outcomes));
    return code;
}

}  // namespace headroom::cli
