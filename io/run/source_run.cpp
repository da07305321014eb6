#include "io/run/source_run.hpp"

#include "io/run/join_run.hpp"

namespace headroom {

SourceRun open_source(const std::filesystem::path& path) {
    RunFolder folder(path);
    RunPlan plan = read_finished(folder);
    return {.folder = std::move(folder), .plan = std::move(plan), .digest = result_digest(path)};
}

}  // namespace headroom
