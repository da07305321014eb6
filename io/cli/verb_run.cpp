#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <variant>

#include "io/case/case_outline.hpp"
#include "io/cli/attempt.hpp"
#include "io/cli/job_file.hpp"
#include "io/cli/job_files.hpp"
#include "io/cli/job_plan.hpp"
#include "io/cli/job_report.hpp"
#include "io/cli/verbs.hpp"
#include "io/clock.hpp"
#include "io/run/run_folder.hpp"
#include "solver/batch/together.hpp"

namespace headroom::cli {

namespace {

/// The case in every series that a stage uses.
CaseSizes case_sizes(const JobPlan& plan) {
    CaseSizes sizes;
    for (const JobStage& stage : plan.stages) {
        if (!stage.series || sizes.contains(*stage.series)) continue;
        const CaseOutline outline = read_outline(plan.case_path, *stage.series);
        sizes[*stage.series] = {outline.name, outline.series, outline.feeder_count(), outline.customer_count(),
                                outline.step_count()};
    }
    return sizes;
}

/// The command as one that only says what it would do; nothing where it cannot.
std::optional<Command> dry(const JobStage& stage) {
    Command command = stage.command;
    const bool can = std::visit(
        [](auto& verb) {
            if constexpr (requires { verb.dry_run; }) return verb.dry_run = true;
            return false;
        },
        command);
    return can ? std::optional(command) : std::nullopt;
}

/// Of stages that work through a region by parts, what their verbs say themselves: parts, memory, time.
void show_parts(const JobPlan& plan, Team& team) {
    for (const JobStage& stage : plan.stages) {
        if (!stage.runs || !names_a_folder(stage.output)) continue;
        const std::optional<Command> command = dry(stage);
        const bool has_inputs = std::ranges::all_of(stage.inputs, [&](const StageInput& input) {
            const auto maker = std::ranges::find(plan.stages, input.stage, &JobStage::name);
            const bool is_to_come = maker != plan.stages.end() && maker->runs;
            return !is_to_come && std::filesystem::exists(input.path);
        });
        if (command && has_inputs) {
            fmt::print("{} by parts:\n", stage.name);
            obey(*command, team);
        } else {
            fmt::print("{} by parts: those of the stage that it reads\n", stage.name);
        }
    }
}

ExitCode show_plan(const JobPlan& plan, const RunOptions& options) {
    const CaseSizes sizes = case_sizes(plan);
    if (options.json) {
        fmt::print("{}\n", job_plan_json(plan, sizes));
        return ExitCode::done;
    }
    fmt::print("{}", job_plan_text(plan, sizes));
    SingleTeam alone;
    show_parts(plan, alone);
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
        require_contents(plan);
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
            const bool is_kept = !stage.output.empty() && is_there(stage.output);
            outcomes[s].state = is_kept ? StageOutcome::State::kept : StageOutcome::State::passed_over;
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
