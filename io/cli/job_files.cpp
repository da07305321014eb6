#include "io/cli/job_files.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <variant>
#include <vector>

#include "io/case/case_file.hpp"
#include "io/case/case_outline.hpp"
#include "io/cli/option_kinds.hpp"
#include "io/cli/output_path.hpp"
#include "io/cli/policy_table.hpp"
#include "io/errors.hpp"
#include "io/folder.hpp"
#include "io/import/csv/case_orders.hpp"

namespace headroom::cli {

namespace {

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
    if ((from && from->runs) || is_there(input.path)) return;
    if (from)
        throw InputError(fmt::format("{}: stage {} reads {}, which is not there yet; run the job from {}",
                                     plan.job_path, stage.name, input.path, from->name));
    throw InputError(fmt::format("{}:{}: {}: there is no file '{}'{}", plan.job_path, input.line, input.key, input.path,
                                 stage_hint(plan, *stage.kind, input)));
}

/// The case that a stage works on, as far as it is there: what an adjustment will write has series and orders of what
/// it reads.
std::optional<std::string> case_there(const JobPlan& plan, const JobStage& stage) {
    for (const StageInput& input : stage.inputs) {
        if (input.key != "case") continue;
        const JobStage* const from = writer(plan, input);
        return from && from->runs ? plan.case_path : input.path;
    }
    return std::nullopt;
}

void require_series(const JobPlan& plan, const JobStage& stage, const std::string& path) {
    if (!stage.series || stage.series->empty()) return;
    const std::vector<std::string> names = list_series(path);
    if (std::find(names.begin(), names.end(), *stage.series) != names.end()) return;
    throw InputError(fmt::format("{}:{}: {}: '{}' has no series '{}'; it has: {}{}", plan.job_path, stage.series_line,
                                 stage.name, path, *stage.series, fmt::join(names, " "), hint(*stage.series, names)));
}

/// Where a series is not named it is the first of the case.
std::string series_of(const JobStage& stage, const std::string& path) {
    return stage.series->empty() ? list_series(path).front() : *stage.series;
}

/// A stage that reads the results of others reads results of one series.
void require_one_series(const JobPlan& plan, const JobStage& stage, const std::string& path) {
    const JobStage* first = stage.kind->reads_all ? nullptr : &stage;
    for (const StageInput& input : stage.inputs) {
        const JobStage* const from = writer(plan, input);
        const bool is_result = from != nullptr && !std::holds_alternative<AdjustOptions>(from->command);
        if (!is_result || !from->series || (first != nullptr && !first->series)) continue;
        if (first == nullptr) first = from;
        const std::string own = series_of(*first, path), other = series_of(*from, path);
        if (own == other) continue;
        throw UsageError(first == &stage
                             ? fmt::format("{}:{}: {} is of series '{}', and {}, whose result it reads, of series '{}'",
                                           plan.job_path, stage.series_line, stage.name, own, from->name, other)
                             : fmt::format("{}:{}: {} reads results of one series, and {} is of '{}', {} of '{}'",
                                           plan.job_path, stage.line, stage.name, first->name, own, from->name, other));
    }
}

void require_orders(const JobPlan& plan, const JobStage& stage, const std::string& path) {
    const auto* const market = std::get_if<ClearOptions>(&stage.command);
    if (market == nullptr || !market->order_path.empty() || read_outline(path, "").order_count() > 0) return;
    throw InputError(fmt::format(
        "{}:{}: {}: there are no orders to clear: '{}' has none; give a table of them as orders = \"FILE.csv\"",
        plan.job_path, stage.line, stage.name, path));
}

/// The table that the stage was given, of orders or of policies, fits the case.
void require_table(const JobPlan& plan, const JobStage& stage, const std::string& path) {
    const auto table =
        std::ranges::find_if(stage.inputs, [&](const StageInput& input) { return input.key == stage.kind->file_key; });
    if (table == stage.inputs.end() || !stage.series) return;
    const CaseOutline outline = read_outline(path, *stage.series);
    try {
        if (const auto* allocation = std::get_if<AllocateOptions>(&stage.command))
            read_policies(*allocation, outline.feeder_id);
        else if (!std::holds_alternative<AdjustOptions>(stage.command))
            CaseOrders(table->path, path, outline);
    } catch (const InputError& fault) {
        throw InputError(fmt::format("{}:{}: {}: {}", plan.job_path, table->line, stage.name, fault.what()),
                         fault.faults());
    }
}

}  // namespace

bool is_there(const std::string& path) {
    std::error_code closed;
    return std::filesystem::exists(path, closed);
}

void require_contents(const JobPlan& plan) {
    for (const JobStage& stage : plan.stages) {
        const std::optional<std::string> path = stage.runs ? case_there(plan, stage) : std::nullopt;
        if (stage.runs && stage.kind->reads_all && is_there(plan.case_path))
            require_one_series(plan, stage, plan.case_path);
        if (!path) continue;
        require_series(plan, stage, *path);
        require_one_series(plan, stage, *path);
        require_orders(plan, stage, *path);
        require_table(plan, stage, *path);
    }
}

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
