#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "formulations/envelope/allocation.hpp"
#include "formulations/market/comparison.hpp"
#include "io/case/case_file.hpp"
#include "io/cli/clearing_report.hpp"
#include "io/cli/market_names.hpp"
#include "io/cli/market_text.hpp"
#include "io/cli/output_path.hpp"
#include "io/cli/question_names.hpp"
#include "io/cli/question_text.hpp"
#include "io/cli/verbs.hpp"
#include "io/cli/verdict.hpp"
#include "io/clock.hpp"
#include "io/digest.hpp"
#include "io/errors.hpp"
#include "io/import/csv/csv_orders.hpp"
#include "io/progress.hpp"
#include "io/result/clearing_file.hpp"
#include "io/result/envelope_file.hpp"
#include "io/run/join_run.hpp"
#include "solver/batch/run_batch.hpp"
#include "solver/lanes/simd_level.hpp"

namespace headroom::cli {

namespace {

/// Limits before the market and the question that made them.
struct Limits {
    EnvelopeResult envelopes;
    RunInfo run;
    std::string digest;  ///< of the file; "": no file
};

/// The limits of a file, if a market can begin with them; the question of the clearing becomes that of the file.
Limits read_limits(const ClearOptions& options, ClearingQuestion& question) {
    const std::string& path = options.envelope_path;
    EnvelopeFile file = read_envelopes_at(path);
    if (file_digest(options.case_path) != file.run.case_digest)
        throw InputError(
            fmt::format("{} was computed from another case than {} (their digests differ)", path, options.case_path));
    if (!options.series.empty() && options.series != file.run.series)
        throw InputError(
            fmt::format("{}: is of series '{}', not of --series '{}'", path, file.run.series, options.series));
    question.envelope = question_of(file.run, path);
    if (!options.secure_asked) question.secure = question.envelope.secure;
    if (question.envelope.secure == Secure::ac && question.secure == Secure::linear)
        throw InputError(path + ": envelopes secure in AC do not fit linear rows; leave out --secure linear");
    if (question.envelope.errors.any())
        throw InputError(path + ": rows of robust envelopes are not rows of the market yet");
    if (question.envelope.reactive == Reactive::joint && !file.result.has_reactive_limits())
        throw InputError(path + ": says --reactive joint and has no reactive limits");
    return {std::move(file.result), std::move(file.run), envelopes_digest(path)};
}

void require_same_steps(const ClearOptions& options, const EnvelopeResult& envelopes, const Region& region) {
    if (envelopes.customer_count != region.customer_count() || envelopes.feeder_count != region.feeder_count()
        || envelopes.step_count != region.series.front().step_count())
        throw InputError(fmt::format("{}: its customers, feeders or steps are not those of {}", options.envelope_path,
                                     options.case_path));
}

template <class Call> auto with_case_name(const ClearOptions& options, Call&& call) {
    try {
        return call();
    } catch (const std::invalid_argument& fault) {
        throw InputError(options.case_path + ": " + fault.what());
    }
}

RunInfo question_notes(const ClearOptions& options, const AllocationQuestion& question) {
    const bool limits = options.question.market == MarketKind::limit_exchange;
    return {.flow = std::string(name_of(flow_names, question.flow)),
            .policy = limits ? options.policy : "none",
            .direction = limits ? direction_name(question) : "none",
            .reference = limits ? reference_name(question) : "none",
            .case_name = "",
            .case_digest = "",
            .series = "",
            .version = "",
            .simd = "",
            .options = option_text(question)};
}

Limits allocate_limits(const ClearOptions& options, const Region& region, const std::vector<std::string>& faults) {
    const AllocationQuestion& question = options.question.envelope;
    Limits limits{.envelopes = {}, .run = question_notes(options, question), .digest = ""};
    if (options.question.market == MarketKind::limit_exchange)
        limits.envelopes = with_case_name(options, [&] {
            return headroom::allocate(region, region.series.front(), question, faults, {.threads = options.threads});
        });
    return limits;
}

ClearingRunInfo run_info(const ClearOptions& options, const ClearingQuestion& question, const Limits& limits,
                         const Region& region) {
    RunInfo run = limits.run;
    run.case_name = region.name;
    run.case_digest = file_digest(options.case_path);
    run.series = region.series.front().name;
    run.version = HEADROOM_VERSION;
    run.simd = std::string(simd_level_name(simd_level()));
    return {.envelopes = run,
            .envelope_digest = limits.digest,
            .market = std::string(name_of(market_names, question.market)),
            .mechanism = std::string(name_of(mechanism_names, question.mechanism)),
            .options = option_text(question),
            .currency = region.currency};
}

/// Who gets how much of the room is settled; what remains of the question is where the rows are.
void forget_policy(AllocationQuestion& question) {
    const AllocationQuestion usual;
    question.policy = usual.policy;
    question.alpha = usual.alpha;
    question.reference = usual.reference;
    question.reference_kw = usual.reference_kw;
}

Region read_market(const ClearOptions& options, const std::string& series) {
    Region region = read_case(options.case_path, {.series = series, .orders = options.order_path.empty()});
    if (!options.order_path.empty()) read_orders_csv(options.order_path, region);
    if (region.order_count() == 0)
        throw InputError(
            fmt::format("{}: there are no orders to clear; give a CSV file of them as --orders, or import a folder "
                        "with an order.csv",
                        options.order_path.empty() ? options.case_path : options.order_path));
    return region;
}

ClearingResult clear_region(const ClearOptions& options, const ClearingQuestion& question, const Region& region,
                            const EnvelopeResult& envelopes, const std::vector<std::string>& faults) {
    const SeriesSet& series = region.series.front();
    std::optional<Progress> progress;
    if (!options.quiet)
        progress.emplace("clearing", static_cast<std::int64_t>(region.feeder_count() * series.step_count()));
    return with_case_name(options, [&] {
        return clear_market(region, series, question, envelopes, faults,
                            {.threads = options.threads, .finished = [&progress](std::int64_t done) {
                                 if (progress) progress->tick(done);
                             }});
    });
}

MarketComparison compare_region(const ClearOptions& options, const ClearingQuestion& question, const Region& region,
                                const EnvelopeResult& envelopes, const std::vector<std::string>& faults) {
    return with_case_name(options, [&] {
        return compare_ways(region, region.series.front(), question, envelopes, faults, {.threads = options.threads});
    });
}

std::string plan_text(const ClearOptions& options, const Region& region, const std::vector<std::string>& faults) {
    const SeriesSet& series = region.series.front();
    const auto invalid = std::count_if(faults.begin(), faults.end(), [](const auto& fault) { return !fault.empty(); });
    return fmt::format(
        "case '{}': {} feeders ({} with a fault), {} customers, series '{}' of {} steps, {} orders\n"
        "{} items, {} {}, on {} threads with {} kernels; limits {}; writes {}\n",
        region.name, region.feeder_count(), invalid, region.customer_count(), series.name, series.step_count(),
        region.order_count(), region.feeder_count() * series.step_count(),
        name_of(market_names, options.question.market), name_of(mechanism_names, options.question.mechanism),
        thread_count(options.threads), simd_level_name(simd_level()),
        options.question.market == MarketKind::set_point_exchange ? "from the forecast"
        : options.envelope_path.empty()                           ? "allocated first"
                                                                  : "from " + options.envelope_path,
        options.result_path);
}

struct Times {
    double read = 0, envelopes = 0, clear = 0, write = 0;
};

std::string times_text(const Times& times, std::size_t orders, int threads) {
    return fmt::format(
        "read {:.3f} s, envelopes {:.4f} s, cleared {:.4f} s ({:.0f} orders per second, {} threads), written {:.3f} "
        "s\n",
        times.read, times.envelopes, times.clear, static_cast<double>(orders) / times.clear, threads, times.write);
}

void require_paths(const ClearOptions& options) {
    for (const std::string& input : {options.case_path, options.envelope_path, options.order_path})
        if (!input.empty()) require_other_file(input, options.result_path);
}

}  // namespace

ExitCode clear(const ClearOptions& options) {
    require_paths(options);
    Times times;
    auto start = Clock::now();
    ClearingQuestion question = options.question;
    std::optional<Limits> limits;
    if (!options.envelope_path.empty()) limits = read_limits(options, question);
    if (options.compare && question.secure == Secure::ac)
        throw InputError(
            "--compare: ways to share the network are compared on linear rows; leave it out, or --secure ac");
    const Region region = read_market(options, limits ? limits->run.series : options.series);
    if (limits) require_same_steps(options, limits->envelopes, region);
    const SeriesSet& series = region.series.front();
    const std::vector<std::string> faults = feeder_faults(region, options.case_path, options.strict);
    times.read = seconds_since(start);
    if (options.dry_run) {
        fmt::print("{}", plan_text(options, region, faults));
        return ExitCode::done;
    }

    require_open_folder(options.result_path);
    start = Clock::now();
    if (!limits) limits = allocate_limits(options, region, faults);
    times.envelopes = seconds_since(start);
    start = Clock::now();
    forget_policy(question.envelope);
    const ClearingResult result = clear_region(options, question, region, limits->envelopes, faults);
    times.clear = seconds_since(start);
    start = Clock::now();
    const std::vector<ItemStatus>& before = limits->envelopes.status;
    const std::string head = write_clearing(result, region, series, before,
                                            run_info(options, question, *limits, region), options.result_path);
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
