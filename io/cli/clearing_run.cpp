#include "io/cli/clearing_run.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "formulations/envelope/allocation.hpp"
#include "io/cli/market_names.hpp"
#include "io/cli/market_text.hpp"
#include "io/cli/question_names.hpp"
#include "io/cli/question_text.hpp"
#include "io/digest.hpp"
#include "io/errors.hpp"
#include "solver/lanes/simd_level.hpp"

namespace headroom::cli {

namespace {

template <class Call> auto with_case_name(const ClearOptions& options, Call&& call) {
    try {
        return call();
    } catch (const std::invalid_argument& fault) {
        throw InputError(options.case_path + ": " + fault.what());
    }
}

/// Who gets how much of the room is settled; what remains of the question is where the rows are.
ClearingQuestion without_policy(ClearingQuestion question) {
    const AllocationQuestion usual;
    question.envelope.policy = usual.policy;
    question.envelope.alpha = usual.alpha;
    question.envelope.reference = usual.reference;
    question.envelope.reference_kw = usual.reference_kw;
    return question;
}

}  // namespace

void take_over(const AllocationQuestion& envelopes, const std::string& path, const ClearOptions& options,
               ClearingQuestion& question) {
    question.envelope = envelopes;
    if (!options.secure_asked) question.secure = question.envelope.secure;
    if (question.envelope.secure == Secure::ac && question.secure == Secure::linear)
        throw InputError(path + ": envelopes secure in AC do not fit linear rows; leave out --secure linear");
    if (question.secure == Secure::ac && !question.continuous.network)
        throw InputError(path + ": --network off leaves out the limits that envelopes secure in AC hold; begin with "
                                "envelopes of linear rows");
    if (question.secure == Secure::ac && options.compare)
        throw InputError(path + ": ways to share the network are compared on linear rows, and these envelopes are "
                                "secure in AC; leave out --compare");
    if (question.envelope.flow != FlowModel::lin_dist3_flow && question.secure == Secure::ac)
        throw InputError(path + ": secure in AC are envelopes of lin-dist3-flow; leave out --secure ac");
    if (question.envelope.errors.impedance > 0 && options.compare)
        throw InputError(path + ": a central dispatch needs coefficients, which are intervals in envelopes of "
                                "--impedance-error; leave out --compare");
}

void begin_with(const RunInfo& envelopes, const ClearOptions& options, ClearingQuestion& question) {
    const std::string& path = options.envelope_path;
    if (file_digest(options.case_path) != envelopes.case_digest)
        throw InputError(
            fmt::format("{} was computed from another case than {} (their digests differ)", path, options.case_path));
    if (!options.series.empty() && options.series != envelopes.series)
        throw InputError(
            fmt::format("{}: is of series '{}', not of --series '{}'", path, envelopes.series, options.series));
    take_over(question_of(envelopes, path), path, options, question);
}

void require_envelopes_of(const Region& region, const EnvelopeResult& envelopes, const ClearingQuestion& question,
                          const ClearOptions& options) {
    if (question.envelope.reactive == Reactive::joint && !envelopes.has_reactive_limits())
        throw InputError(options.envelope_path + ": says --reactive joint and has no reactive limits");
    if (envelopes.customer_count != region.customer_count() || envelopes.feeder_count != region.feeder_count()
        || envelopes.step_count != region.series.front().step_count())
        throw InputError(fmt::format("{}: its customers, feeders or steps are not those of {}", options.envelope_path,
                                     options.case_path));
}

void require_orders(const ClearOptions& options, std::size_t count) {
    if (count == 0)
        throw InputError(
            fmt::format("{}: there are no orders to clear; give a CSV file of them as --orders, or import a folder "
                        "with an order.csv",
                        options.order_path.empty() ? options.case_path : options.order_path));
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

ClearingRunInfo run_info(const ClearOptions& options, const ClearingQuestion& question, const RunInfo& envelopes,
                         const std::string& envelope_digest, const std::string& case_name, const std::string& series,
                         const std::string& currency) {
    RunInfo run = envelopes;
    run.case_name = case_name;
    run.case_digest = file_digest(options.case_path);
    run.series = series;
    run.version = HEADROOM_VERSION;
    run.simd = std::string(simd_level_name(simd_level()));
    return {.envelopes = run,
            .envelope_digest = envelope_digest,
            .market = std::string(name_of(market_names, question.market)),
            .mechanism = std::string(name_of(mechanism_names, question.mechanism)),
            .options = option_text(without_policy(question)),
            .currency = currency};
}

EnvelopeResult allocate_limits(const ClearOptions& options, const Region& region,
                               const std::vector<std::string>& faults, const MarketWatch& watch) {
    if (options.question.market != MarketKind::limit_exchange) return {};
    AllocationRun run;
    run.threads = options.threads;
    run.is_part = watch.is_part;
    run.stop = watch.stop;
    return with_case_name(options, [&] {
        return headroom::allocate(region, region.series.front(), options.question.envelope, faults, run);
    });
}

ClearingResult clear_region(const ClearOptions& options, const ClearingQuestion& question, const Region& region,
                            const EnvelopeResult& envelopes, const std::vector<std::string>& faults,
                            const MarketWatch& watch) {
    return with_case_name(options, [&] {
        return clear_market(region, region.series.front(), without_policy(question), envelopes, faults,
                            {.threads = options.threads, .finished = watch.cleared, .stop = watch.stop});
    });
}

MarketComparison compare_region(const ClearOptions& options, const ClearingQuestion& question, const Region& region,
                                const EnvelopeResult& envelopes, const std::vector<std::string>& faults) {
    return with_case_name(options, [&] {
        return compare_ways(region, region.series.front(), without_policy(question), envelopes, faults,
                            {.threads = options.threads});
    });
}

}  // namespace headroom::cli
