#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "formulations/risk/congestion_forecast.hpp"
#include "io/case/case_file.hpp"
#include "io/cli/congestion_report.hpp"
#include "io/cli/output_path.hpp"
#include "io/cli/question_names.hpp"
#include "io/cli/verbs.hpp"
#include "io/cli/verdict.hpp"
#include "io/clock.hpp"
#include "io/digest.hpp"
#include "io/errors.hpp"
#include "io/progress.hpp"
#include "io/result/congestion_file.hpp"
#include "solver/batch/run_batch.hpp"
#include "solver/lanes/simd_level.hpp"

namespace headroom::cli {

namespace {

CongestionRunInfo run_info(const CongestionOptions& options, const Region& region, const SeriesSet& series) {
    const CongestionQuestion& question = options.question;
    return {
        .options = fmt::format("--common-share {} --generation-sigma {} --load-sigma {} --monitor {} --quantiles {} "
                               "--samples {} --seed {}",
                               question.uncertainty.common_share, question.uncertainty.generation_sigma,
                               question.uncertainty.load_sigma, name_of(monitoring_names, question.monitoring),
                               fmt::join(question.quantiles, ","), question.samples, question.seed),
        .case_name = region.name,
        .case_digest = file_digest(options.case_path),
        .series = series.name,
        .version = HEADROOM_VERSION,
        .simd = std::string(simd_level_name(simd_level()))};
}

std::string plan_text(const CongestionOptions& options, const Region& region, const SeriesSet& series,
                      const std::vector<std::string>& faults) {
    const auto invalid = std::count_if(faults.begin(), faults.end(), [](const auto& fault) { return !fault.empty(); });
    const auto items = region.feeder_count() * series.step_count();
    return fmt::format(
        "case '{}': {} feeders ({} with a fault), {} customers, series '{}' of {} steps\n"
        "{} items of {} samples, {} power flows at most, on {} threads with {} kernels\n",
        region.name, region.feeder_count(), invalid, region.customer_count(), series.name, series.step_count(), items,
        options.question.samples, items * static_cast<std::size_t>(options.question.samples),
        thread_count(options.threads), simd_level_name(simd_level()));
}

CongestionResult solve(const Region& region, const SeriesSet& series, const CongestionOptions& options,
                       const std::vector<std::string>& faults) {
    std::optional<Progress> progress;
    if (!options.quiet)
        progress.emplace("sampling", static_cast<std::int64_t>(region.feeder_count() * series.step_count()));
    try {
        return forecast_congestion(region, series, options.question, faults,
                                   {.threads = options.threads, .finished = [&progress](std::int64_t done) {
                                        if (progress) progress->tick(done);
                                    }});
    } catch (const std::invalid_argument& fault) {
        throw InputError(options.case_path + ": " + fault.what());
    }
}

}  // namespace

ExitCode forecast_congestion(const CongestionOptions& options) {
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
    const CongestionResult result = solve(region, series, options, faults);
    const double solved = seconds_since(start);
    start = Clock::now();
    write_congestion(result, region, series, run_info(options, region, series), options.result_path);
    const double written = seconds_since(start);

    const RowNames rows = row_names(result.rows, region);
    const CongestionNames names{region.feeder.id, rows, series.start, series.end};
    const CongestionSummary summary = summarise(result, series.start, series.end);
    if (options.json) fmt::print("{}\n", congestion_json(result, names));
    if (!options.quiet)
        fmt::print(stderr,
                   "{}read {:.3f} s, solved {:.3f} s ({:.0f} power flows per second, {} threads), written {:.3f} s\n"
                   "{}: written\n",
                   congestion_text(result, names), read, solved, static_cast<double>(summary.flows) / solved,
                   thread_count(options.threads), written, options.result_path);
    return summary.all_done() ? ExitCode::done : ExitCode::incomplete;
}

}  // namespace headroom::cli
