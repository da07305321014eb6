#include <nlohmann/json.hpp>

#include "io/cli/job_files.hpp"
#include "io/cli/job_report.hpp"

namespace headroom::cli {

namespace {

using Json = nlohmann::ordered_json;

/// Names that do not exist are null.
Json name_json(const std::string& name) { return name.empty() ? Json(nullptr) : Json(name); }

Json stage_json(const JobStage& stage) {
    std::vector<std::string> command{"headroom"};
    command.insert(command.end(), stage.words.begin(), stage.words.end());
    return {{"name", stage.name}, {"command", command}, {"file", name_json(stage.output)}};
}

Json planned_json(const JobStage& stage, const CaseSizes& sizes) {
    Json json = stage_json(stage);
    json["exists"] = is_there(stage.output);
    json["runs"] = stage.runs;
    json["inputs"] = Json::array();
    for (const StageInput& input : stage.inputs)
        json["inputs"].push_back(
            {{"file", input.path}, {"stage", name_json(input.stage)}, {"exists", is_there(input.path)}});
    json["series"] = stage.series ? Json(sizes.at(*stage.series).series) : Json(nullptr);
    json["items"] = stage.series ? Json(sizes.at(*stage.series).items()) : Json(nullptr);
    return json;
}

Json outcome_json(const JobStage& stage, const StageOutcome& outcome) {
    using State = StageOutcome::State;
    const bool ran = outcome.state == State::ran;
    Json json = stage_json(stage);
    json["state"] = ran                                   ? "ran"
                    : outcome.state == State::kept        ? "kept"
                    : outcome.state == State::passed_over ? "passed_over"
                                                          : "not_reached";
    json["exit_code"] = ran ? Json(static_cast<int>(outcome.code)) : Json(nullptr);
    json["seconds"] = ran ? Json(outcome.seconds) : Json(nullptr);
    return json;
}

/// Paths need not be UTF-8; what is none is replaced.
std::string text_of(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace); }

}  // namespace

std::string job_plan_json(const JobPlan& plan, const CaseSizes& sizes) {
    Json json{{"kind", "job_plan"}, {"job", plan.job_path}, {"case", plan.case_path}, {"series", Json::array()}};
    for (const auto& [asked, size] : sizes)
        json["series"].push_back({{"name", size.series},
                                  {"feeders", size.feeders},
                                  {"customers", size.customers},
                                  {"steps", size.steps},
                                  {"items", size.items()}});
    json["stages"] = Json::array();
    for (const JobStage& stage : plan.stages) json["stages"].push_back(planned_json(stage, sizes));
    return text_of(json);
}

std::string job_outcome_json(const JobPlan& plan, const std::vector<StageOutcome>& outcomes, ExitCode code) {
    Json json{{"kind", "job"},
              {"job", plan.job_path},
              {"case", plan.case_path},
              {"exit_code", static_cast<int>(code)},
              {"stages", Json::array()}};
    for (std::size_t s = 0; s < outcomes.size(); ++s)
        json["stages"].push_back(outcome_json(plan.stages[s], outcomes[s]));
    return text_of(json);
}

}  // namespace headroom::cli
