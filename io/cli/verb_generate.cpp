#include <fmt/format.h>
#include <unistd.h>

#include <optional>

#include "formulations/generate/generate_region.hpp"
#include "io/case/case_file.hpp"
#include "io/cli/generate_report.hpp"
#include "io/cli/output_path.hpp"
#include "io/cli/verbs.hpp"
#include "io/clock.hpp"
#include "io/errors.hpp"
#include "io/progress.hpp"

namespace headroom::cli {

namespace {

/// Throws UsageError where the region would not fit into the machine's memory.
void require_memory(const GeneratorSettings& settings, const RegionPlan& plan) {
    const auto machine =
        static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    const std::uint64_t needed = planned_bytes(settings, plan);
    if (needed > machine)
        throw UsageError(
            fmt::format("the region takes {:.1f} GB in memory, and there are {:.1f} GB; make it in ranges "
                        "with --first-feeder, or with fewer --steps",
                        static_cast<double>(needed) / 1e9, static_cast<double>(machine) / 1e9));
}

Region make(const GenerateOptions& options) {
    std::optional<Progress> progress;
    if (!options.quiet) progress.emplace("generating", generation_stages * options.settings.feeder_count);
    return generate_region(options.settings, [&progress](std::int64_t stages) {
        if (progress) progress->tick(stages);
    });
}

}  // namespace

ExitCode generate(const GenerateOptions& options) {
    const RegionPlan plan = plan_region(options.settings);
    require_memory(options.settings, plan);
    if (options.dry_run) {
        fmt::print("{}", plan_text(options, plan));
        return ExitCode::done;
    }

    require_open_folder(options.case_path);
    auto start = Clock::now();
    const Region region = make(options);
    const double made = seconds_since(start);
    start = Clock::now();
    write_case(region, options.case_path, options.settings.threads);
    const double written = seconds_since(start);

    if (options.json) fmt::print("{}\n", generated_json(region, plan, options));
    if (!options.quiet)
        fmt::print(stderr, "{}made {:.3f} s, written {:.3f} s\n{}: written\n", generated_text(region, plan), made,
                   written, options.case_path);
    return ExitCode::done;
}

}  // namespace headroom::cli
