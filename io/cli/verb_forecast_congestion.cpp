#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "io/case/case_file.hpp"
#include "io/cli/congestion_report.hpp"
#include "io/cli/forecast_run.hpp"
#include "io/cli/output_path.hpp"
#include "io/cli/verbs.hpp"
#include "io/cli/verdict.hpp"
#include "io/clock.hpp"
#include "io/progress.hpp"
#include "io/report/counted.hpp"
#include "io/run/run_folder.hpp"
#include "solver/batch/run_batch.hpp"
#include "solver/lanes/simd_level.hpp"

namespace headroom::cli {

namespace {

std::string plan_text(const CongestionOptions& options, const Region& region, const SeriesSet& series,
                      const std::vector<std::string>& faults) {
    const auto invalid = std::count_if(faults.begin(), faults.end(), [](const auto& fault) { return !fault.empty(); });
    const auto items = region.feeder_count() * series.step_count();
    return fmt::format(
        "case '{}': {} ({} with a fault), {}, series '{}' of {}\n"
        "{} of {}, {} at most, on {} with {} kernels\n",
        region.name, counted(region.feeder_count(), "feeder"), invalid, counted(region.customer_count(), "customer"),
        series.name, counted(series.step_count(), "step"), counted(items, "item"),
        counted(options.question.samples, "sample"),
        counted(items * static_cast<std::size_t>(options.question.samples), "power flow"),
        counted(thread_count(options.threads), "thread"), simd_level_name(simd_level()));
}

CongestionResult solve(const Region& region, const CongestionOptions& options, const std::vector<std::string>& faults) {
    std::optional<Progress> progress;
    if (!options.quiet)
        progress.emplace("sampling",
                         static_cast<std::int64_t>(region.feeder_count() * region.series.front().step_count()));
    CongestionRun run;
    run.threads = options.threads;
    run.finished = [&progress](std::int64_t done) {
        if (progress) progress->tick(done);
    };
    return forecast(options, region, faults, run);
}

}  // namespace

ExitCode forecast_congestion(const CongestionOptions& options, Team& team) {
    if (names_a_folder(options.result_path)) return forecast_by_shards(options, team);
    if (team.rank() != 0) return ExitCode::done;
    require_other_file(options.case_path, options.result_path);
    auto start = Clock::now();
    const Region region = read_case(options.case_path, {.series = options.series, .orders = false});
    const SeriesSet& series = region.series.front();
    const std::vector<std::string> faults = feeder_faults(region, options.case_path, false);
    const double read = seconds_since(start);
    if (options.dry_run) {
        fmt::print("{}", plan_text(options, region, series, faults));
        return ExitCode::done;
    }

    require_open_folder(options.result_path);
    start = Clock::now();
    const CongestionResult result = solve(region, options, faults);
    const double solved = seconds_since(start);
    start = Clock::now();
    write_congestion(result, region, series, run_info(options, region.name, series.name), options.result_path);
    const double written = seconds_since(start);

    const RowNames rows = row_names(result.rows, region);
    const CongestionNames names{region.feeder.id, rows, series.start, series.end};
    const CongestionSummary summary = summarise(result, series.start, series.end);
    if (options.json) fmt::print("{}\n", congestion_json(result, names));
    if (!options.quiet)
        fmt::print(stderr,
                   "{}read {:.3f} s, solved {:.3f} s ({:.0f} power flows per second, {}), written {:.3f} s\n"
                   "{}: written\n",
                   congestion_text(result, names), read, solved, static_cast<double>(summary.flows) / solved,
                   counted(thread_count(options.threads), "thread"), written, options.result_path);
    return summary.all_done() ? ExitCode::done : ExitCode::incomplete;
}

}  // namespace headroom::cli
