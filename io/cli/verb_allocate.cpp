#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "io/case/case_file.hpp"
#include "io/cli/allocation_run.hpp"
#include "io/cli/envelope_report.hpp"
#include "io/cli/output_path.hpp"
#include "io/cli/verbs.hpp"
#include "io/cli/verdict.hpp"
#include "io/clock.hpp"
#include "io/progress.hpp"
#include "io/report/counted.hpp"
#include "io/result/customer_table.hpp"
#include "io/result/envelope_file.hpp"
#include "io/result/row_table.hpp"
#include "io/run/run_folder.hpp"
#include "solver/batch/run_batch.hpp"
#include "solver/lanes/simd_level.hpp"

namespace headroom::cli {

namespace {

struct AllocateTimes {
    double read, solve, write;
};

std::string times_text(const EnvelopeResult& result, const AllocateTimes& times, int threads) {
    const auto items = static_cast<double>(result.status.size());
    return fmt::format("read {:.3f} s, solved {:.4f} s ({:.0f} steps per second, {}), written {:.3f} s\n", times.read,
                       times.solve, items / times.solve, counted(threads, "thread"), times.write);
}

std::string plan_text(const AllocateOptions& options, const Region& region, const SeriesSet& series,
                      std::size_t invalid) {
    const auto limits = static_cast<double>(series.step_count() * region.customer_count());
    // Limits and binding rows of P, perhaps of Q, per step and customer, before compression.
    const double kinds = options.question.reactive == Reactive::joint ? 4 : 2;
    const double bytes = limits * kinds * (sizeof(double) + sizeof(std::int32_t));
    return fmt::format(
        "case '{}': {} ({} with a fault), {}, series '{}' of {}\n"
        "{} on {} with {} kernels; {}\n",
        region.name, counted(region.feeder_count(), "feeder"), invalid, counted(region.customer_count(), "customer"),
        series.name, counted(series.step_count(), "step"), counted(region.feeder_count() * series.step_count(), "item"),
        counted(thread_count(options.threads), "thread"), simd_level_name(simd_level()),
        options.result_path.empty() ? "nothing is written"
                                    : fmt::format("{} of about {:.1f} MB at most", options.result_path, bytes / 1e6));
}

EnvelopeResult solve(const Region& region, const SeriesSet& series, const AllocateOptions& options,
                     const PolicyTable& policies, const std::vector<std::string>& faults) {
    std::optional<Progress> progress;
    const auto items = static_cast<std::int64_t>(region.feeder_count() * series.step_count());
    if (!options.quiet) progress.emplace("allocating", items);
    return solve(region, series, options, policies, faults, {.solved = [&progress](std::int64_t done) {
                     if (progress) progress->tick(done);
                 }});
}

}  // namespace

ExitCode allocate(const AllocateOptions& options, Team& team) {
    if (names_a_folder(options.result_path)) return allocate_by_shards(options, team);
    if (team.rank() != 0) return ExitCode::done;
    if (!options.result_path.empty())
        for (const std::string& source : {options.case_path, options.policies_path})
            if (!source.empty()) require_other_file(source, options.result_path);
    AllocateTimes times{};
    auto start = Clock::now();
    const Region region = read_case(options.case_path, {.series = options.series, .orders = false});
    const SeriesSet& series = region.series.front();
    const std::vector<std::string> faults = feeder_faults(region, options.case_path, options.strict);
    const PolicyTable policies = read_policies(options, region.feeder.id);
    times.read = seconds_since(start);
    if (options.dry_run) {
        const auto invalid =
            std::count_if(faults.begin(), faults.end(), [](const auto& fault) { return !fault.empty(); });
        fmt::print("{}", plan_text(options, region, series, static_cast<std::size_t>(invalid)));
        return ExitCode::done;
    }

    const bool is_written = options.corners == Corners::search;
    if (is_written) require_open_folder(options.result_path);
    start = Clock::now();
    const EnvelopeResult result = solve(region, series, options, policies, faults);
    times.solve = seconds_since(start);
    if (!is_written) return show_aligned_corners(options, region, policies, result);
    start = Clock::now();
    write_envelopes(result, region, series, run_info(options, policies, region.name, series.name), options.result_path,
                    policies.asked);
    times.write = seconds_since(start);

    const RowNames rows = row_names(result.rows, region);
    const std::vector<std::int32_t> owner = customer_feeder(region);
    const EnvelopeNames names{
        region.feeder.id, rows.bus, rows.branch, series.start, owner, policies.asked.policy, policies.asked.reference};
    if (options.json) fmt::print("{}\n", envelope_json(result, names));
    if (!options.quiet)
        fmt::print(stderr, "{}{}{}: written\n", envelope_text(result, names),
                   times_text(result, times, thread_count(options.threads)), options.result_path);
    return summarise(result).all_solved() ? ExitCode::done : ExitCode::incomplete;
}

}  // namespace headroom::cli
