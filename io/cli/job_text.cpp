#include <fmt/format.h>

#include "io/cli/job_files.hpp"
#include "io/cli/job_report.hpp"
#include "io/report/counted.hpp"
#include "io/report/table.hpp"

namespace headroom::cli {

namespace {

std::string output_text(const JobStage& stage) {
    if (stage.output.empty()) return "";
    const bool there = is_there(stage.output);
    if (stage.runs) return fmt::format("  writes {} ({})\n", stage.output, there ? "exists" : "new");
    return there ? fmt::format("  keeps {}\n", stage.output) : "";
}

std::string items_text(const JobStage& stage, const CaseSizes& sizes) {
    if (!stage.series) return "items of the result's series";
    const CaseSize& size = sizes.at(*stage.series);
    return fmt::format("{} of series '{}'", counted(size.items(), "item"), size.series);
}

std::string stage_text(const JobStage& stage, const CaseSizes& sizes) {
    std::string text =
        fmt::format("{}: {}\n  {}\n", stage.name, stage.runs ? items_text(stage, sizes) : "comes before --from",
                    command_text(stage.words));
    for (const StageInput& input : stage.inputs)
        text += fmt::format("  reads {}{}\n", input.path, input.stage.empty() ? "" : " of stage " + input.stage);
    return text + output_text(stage);
}

}  // namespace

std::string job_plan_text(const JobPlan& plan, const CaseSizes& sizes) {
    std::string text;
    for (const auto& [asked, size] : sizes)
        text += fmt::format("case '{}': {}, {}, series '{}' of {}\n", size.case_name, counted(size.feeders, "feeder"),
                            counted(size.customers, "customer"), size.series, counted(size.steps, "step"));
    for (const JobStage& stage : plan.stages) text += stage_text(stage, sizes);
    return text;
}

std::string job_outcome_text(const JobPlan& plan, const std::vector<StageOutcome>& outcomes) {
    using State = StageOutcome::State;
    Table table({{"stage"}, {"exit", Align::right}, {"seconds", Align::right}, {"file"}});
    for (std::size_t s = 0; s < outcomes.size(); ++s) {
        const StageOutcome& outcome = outcomes[s];
        const bool ran = outcome.state == State::ran;
        table.add({plan.stages[s].name, ran ? fmt::format("{}", static_cast<int>(outcome.code)) : "",
                   ran ? fmt::format("{:.3f}", outcome.seconds) : "",
                   outcome.state == State::not_reached   ? "not reached"
                   : outcome.state == State::kept        ? plan.stages[s].output + " (kept)"
                   : outcome.state == State::passed_over ? "passed over"
                                                         : plan.stages[s].output});
    }
    return table.text(2);
}

}  // namespace headroom::cli
