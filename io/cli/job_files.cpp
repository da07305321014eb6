#include "io/cli/job_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "io/cli/option_kinds.hpp"
#include "io/cli/output_path.hpp"
#include "io/errors.hpp"
#include "io/folder.hpp"

namespace headroom::cli {

namespace {

bool exists(const std::string& path) {
    std::error_code closed;  // a folder that cannot be searched shows no file
    return std::filesystem::exists(path, closed);
}

const JobStage* writer(const JobPlan& plan, const StageInput& input) {
    const auto at = std::find_if(plan.stages.begin(), plan.stages.end(),
                                 [&](const JobStage& stage) { return stage.name == input.stage; });
    return at == plan.stages.end() ? nullptr : &*at;
}

/// The name of a stage that was meant by a path beside the job file.
std::string stage_hint(const JobPlan& plan, const StageKind& kind, const StageInput& input) {
    if (input.key != kind.link) return "";
    std::vector<std::string> names;
    for (const JobStage& stage : plan.stages)
        if (std::find(kind.reads.begin(), kind.reads.end(), stage.kind->name) != kind.reads.end())
            names.push_back(stage.name);
    return hint(std::filesystem::path(input.path).filename().string(), names);
}

void require_input(const JobPlan& plan, const JobStage& stage, const StageInput& input) {
    const JobStage* const from = writer(plan, input);
    if ((from && from->runs) || exists(input.path)) return;
    if (from)
        throw InputError(fmt::format("{}: stage {} reads {}, which is not there yet; run the job from {}",
                                     plan.job_path, stage.name, input.path, from->name));
    throw InputError(fmt::format("{}:{}: {}: there is no file '{}'{}", plan.job_path, input.line, input.key, input.path,
                                 stage_hint(plan, *stage.kind, input)));
}

}  // namespace

void require_inputs(const JobPlan& plan) {
    for (const JobStage& stage : plan.stages)
        for (const StageInput& input : stage.inputs)
            if (stage.runs) require_input(plan, stage, input);
}

void require_outputs_apart(const JobPlan& plan) {
    for (const JobStage& stage : plan.stages) {
        if (stage.output.empty()) continue;
        require_other_file(plan.job_path, stage.output);
        for (const JobStage& other : plan.stages) {
            if (&other != &stage && same_place(stage.output, other.output))
                throw UsageError(fmt::format("{}: stages {} and {} write the same file {}; give one another 'file'",
                                             plan.job_path, stage.name, other.name, stage.output));
            for (const StageInput& input : other.inputs)
                if (input.stage.empty()) require_other_file(input.path, stage.output);
        }
    }
}

void make_folder(const JobPlan& plan) {
    if (!plan.folder.empty()) headroom::make_folder(plan.folder);
}

}  // namespace headroom::cli
