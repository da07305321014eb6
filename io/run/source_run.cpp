#include "io/run/source_run.hpp"

#include <fmt/format.h>

#include <utility>

#include "io/errors.hpp"
#include "io/run/join_run.hpp"

namespace headroom {

RunPlan plan_of_run(const std::filesystem::path& path) {
    const RunFolder folder(path);
    if (!folder.has_plan()) throw InputError(fmt::format("'{}' holds no run over a region", path.string()));
    return read_plan(folder.plan());
}

SourceRun open_source(const std::filesystem::path& path) {
    RunFolder folder(path);
    RunPlan plan = read_finished(folder);
    return {.folder = std::move(folder), .plan = std::move(plan), .digest = result_digest(path)};
}

}  // namespace headroom
