#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "io/cli/exit_code.hpp"
#include "io/cli/job_plan.hpp"

namespace headroom::cli {

/// The case in one of its series.
struct CaseSize {
    std::string case_name, series;
    std::size_t feeders = 0, customers = 0, steps = 0;

    std::size_t items() const { return feeders * steps; }
};

/// By series as a stage asks for it: "" is the first of the case.
using CaseSizes = std::map<std::string, CaseSize>;

/// What became of a stage.
struct StageOutcome {
    enum class State {
        kept,         ///< comes before --from, its file is there
        passed_over,  ///< comes before --from, there is no file of it
        ran,
        not_reached
    } state = State::not_reached;
    ExitCode code = ExitCode::done;  ///< of a stage that ran
    double seconds = 0;
};

/// Stages, commands, inputs and outputs before the run, for people and as one JSON object.
std::string job_plan_text(const JobPlan& plan, const CaseSizes& sizes);
std::string job_plan_json(const JobPlan& plan, const CaseSizes& sizes);

/// [#stage] the same after the run.
std::string job_outcome_text(const JobPlan& plan, const std::vector<StageOutcome>& outcomes);
std::string job_outcome_json(const JobPlan& plan, const std::vector<StageOutcome>& outcomes, ExitCode code);

}  // namespace headroom::cli
