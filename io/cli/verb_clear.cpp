#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "io/case/case_file.hpp"
#include "io/cli/clearing_report.hpp"
#include "io/cli/clearing_run.hpp"
#include "io/cli/market_names.hpp"
#include "io/cli/output_path.hpp"
#include "io/cli/verbs.hpp"
#include "io/cli/verdict.hpp"
#include "io/clock.hpp"
#include "io/errors.hpp"
#include "io/import/csv/csv_orders.hpp"
#include "io/progress.hpp"
#include "io/report/counted.hpp"
#include "io/result/envelope_file.hpp"
#include "io/run/join_run.hpp"
#include "io/run/run_folder.hpp"
#include "solver/batch/run_batch.hpp"
#include "solver/lanes/simd_level.hpp"

namespace headroom::cli {

namespace {

/// The limits of a file; the question of the clearing becomes that of the file.
Limits limits_to_trade(const ClearOptions& options, ClearingQuestion& question) {
    EnvelopeFile file = read_envelopes_at(options.envelope_path);
    begin_with(file.run, options, question);
    return {std::move(file.result), std::move(file.run), result_digest(options.envelope_path)};
}

/// A region with orders, and where they stand if they are of a table.
struct Market {
    Region region;
    std::optional<OrderLines> lines;
};

Market read_market(const ClearOptions& options, const std::string& series) {
    Market market{read_case(options.case_path, {.series = series, .orders = options.order_path.empty()}), {}};
    if (!options.order_path.empty()) market.lines = read_orders_csv(options.order_path, market.region);
    require_orders(options, market.region.order_count());
    return market;
}

std::vector<std::string> market_faults(const ClearOptions& options, const Market& market) {
    std::vector<Fault> faults = validate(market.region);
    const std::string source = market.lines ? market.lines->place(faults, options.case_path) : options.case_path;
    return feeder_faults(market.region, faults, source, options.strict);
}

ClearingResult clear_shown(const ClearOptions& options, const ClearingQuestion& question, const Region& region,
                           const EnvelopeResult& envelopes, const std::vector<std::string>& faults) {
    std::optional<Progress> progress;
    if (!options.quiet)
        progress.emplace("clearing",
                         static_cast<std::int64_t>(region.feeder_count() * region.series.front().step_count()));
    return clear_region(options, question, region, envelopes, faults, {.cleared = [&progress](std::int64_t done) {
                            if (progress) progress->tick(done);
                        }});
}

std::string plan_text(const ClearOptions& options, const Region& region, const std::vector<std::string>& faults) {
    const SeriesSet& series = region.series.front();
    const auto invalid = std::count_if(faults.begin(), faults.end(), [](const auto& fault) { return !fault.empty(); });
    return fmt::format(
        "case '{}': {} ({} with a fault), {}, series '{}' of {}, {}\n"
        "{}, {} {}, on {} with {} kernels; limits {}; writes {}\n",
        region.name, counted(region.feeder_count(), "feeder"), invalid, counted(region.customer_count(), "customer"),
        series.name, counted(series.step_count(), "step"), counted(region.order_count(), "order"),
        counted(region.feeder_count() * series.step_count(), "item"), name_of(market_names, options.question.market),
        name_of(mechanism_names, options.question.mechanism), counted(thread_count(options.threads), "thread"),
        simd_level_name(simd_level()),
        options.question.market == MarketKind::set_point_exchange ? "from the forecast"
        : options.envelope_path.empty()                           ? "allocated first"
                                                                  : "from " + options.envelope_path,
        options.result_path);
}

struct ClearTimes {
    double read = 0, envelopes = 0, clear = 0, write = 0;
};

std::string times_text(const ClearTimes& times, std::size_t orders, int threads) {
    return fmt::format(
        "read {:.3f} s, envelopes {:.4f} s, cleared {:.4f} s ({:.0f} orders per second, {}), written {:.3f} "
        "s\n",
        times.read, times.envelopes, times.clear, static_cast<double>(orders) / times.clear, counted(threads, "thread"),
        times.write);
}

void require_paths(const ClearOptions& options) {
    for (const std::string& input : {options.case_path, options.envelope_path, options.order_path})
        if (!input.empty()) require_other_file(input, options.result_path);
}

}  // namespace

ExitCode clear(const ClearOptions& options, Team& team) {
    if (names_a_folder(options.result_path)) return clear_by_shards(options, team);
    if (team.rank() != 0) return ExitCode::done;
    require_paths(options);
    ClearTimes times;
    auto start = Clock::now();
    ClearingQuestion question = options.question;
    std::optional<Limits> limits;
    if (!options.envelope_path.empty()) limits = limits_to_trade(options, question);
    const Market market = read_market(options, limits ? limits->run.series : options.series);
    const Region& region = market.region;
    if (limits) require_envelopes_of(region, limits->envelopes, question, options);
    const SeriesSet& series = region.series.front();
    const std::vector<std::string> faults = market_faults(options, market);
    times.read = seconds_since(start);
    if (options.dry_run) {
        fmt::print("{}", plan_text(options, region, faults));
        return ExitCode::done;
    }

    require_open_folder(options.result_path);
    start = Clock::now();
    if (!limits)
        limits = {allocate_limits(options, region, faults, {}), question_notes(options, options.question.envelope), ""};
    times.envelopes = seconds_since(start);
    start = Clock::now();
    const ClearingResult result = clear_shown(options, question, region, limits->envelopes, faults);
    times.clear = seconds_since(start);
    start = Clock::now();
    const std::vector<ItemStatus>& before = limits->envelopes.status;
    const ClearingRunInfo info =
        run_info(options, question, limits->run, limits->digest, region.name, series.name, region.currency);
    const std::string head = write_clearing(result, region, series, before, info, options.result_path);
    times.write = seconds_since(start);

    std::optional<MarketComparison> comparison;
    if (options.compare) comparison = compare_region(options, question, region, limits->envelopes, faults);

    const RowNames rows = row_names(result.rows, region);
    const std::vector<std::int32_t> owner = customer_feeder(region);
    const ClearingNames names{region.feeder.id,
                              owner,
                              rows,
                              series.start,
                              series.end,
                              region.order,
                              before,
                              question.continuous.network,
                              region.currency,
                              head,
                              comparison ? &*comparison : nullptr};
    if (options.json) fmt::print("{}\n", clearing_json(result, names));
    if (!options.quiet)
        fmt::print(stderr, "{}{}{}: written\n", clearing_text(result, names),
                   times_text(times, region.order_count(), thread_count(options.threads)), options.result_path);
    return summarise(result, before, series.start, series.end).all_cleared() ? ExitCode::done : ExitCode::incomplete;
}

}  // namespace headroom::cli
