#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "formulations/envelope/allocation.hpp"
#include "io/case/limit_count.hpp"
#include "io/cli/clearing_run.hpp"
#include "io/cli/market_names.hpp"
#include "io/cli/region_verb.hpp"
#include "io/cli/verbs.hpp"
#include "io/digest.hpp"
#include "io/errors.hpp"
#include "io/import/csv/case_orders.hpp"
#include "io/result/envelope_file.hpp"
#include "io/result/limit_file.hpp"
#include "io/run/shard_input.hpp"
#include "io/run/source_run.hpp"
#include "solver/batch/run_batch.hpp"
#include "solver/batch/together.hpp"

namespace headroom::cli {

namespace {

/// The question of a clearing by shards, and where the limits come from.
struct ShardedMarket {
    ShardedMarket(const ClearOptions& asked, const ClearingQuestion& what) : options(asked), question(what) {}

    const ClearOptions& options;
    ClearingQuestion question;
    ClearingRunInfo info;
    std::optional<SourceRun> envelopes;  ///< nothing: allocated with each shard
    std::optional<CaseOrders> orders;    ///< nothing: those of the case
};

class ClearingShard final : public ShardWork {
public:
    ClearingShard(std::shared_ptr<const ShardedMarket> market, ShardInput input)
        : market_(std::move(market)), input_(std::move(input)) {
        if (market_->orders)
            take_orders(*market_->orders);
        else if (input_.region.order_count() == 0)
            input_.region.feeder.order_offset.assign(input_.region.feeder_count() + 1, 0);
        if (market_->envelopes) read_limits();
    }

    void solve(const ShardWatch& watch) override {
        const MarketWatch market_watch{.cleared = watch.solved, .stop = watch.stop, .is_part = true};
        if (!market_->envelopes)
            limits_ = allocate_limits(market_->options, input_.region, input_.faults, market_watch);
        result_ =
            clear_region(market_->options, market_->question, input_.region, limits_, input_.faults, market_watch);
    }

    PartFile write(const std::filesystem::path& path) override {
        const SeriesSet& series = input_.region.series.front();
        write_clearing(result_, input_.region, series, limits_.status, market_->info, path);
        return {.notes = notes_of(market_->info),
                .feeder_id = input_.region.feeder.id,
                .feeder_fault = result_.feeder_fault,
                .summary = summarise(result_, limits_.status, series.start, series.end)};
    }

private:
    void take_orders(const CaseOrders& orders) {
        const auto first = static_cast<std::size_t>(input_.first_feeder);
        orders.give(first, input_.region);
        const std::vector<std::string> more =
            shard_faults(orders.faults(first, input_.region), input_.region.feeder_count(), market_->options.order_path,
                         market_->options.strict);
        for (std::size_t f = 0; f < more.size(); ++f)
            if (input_.faults[f].empty()) input_.faults[f] = more[f];
    }

    void read_limits() {
        const std::filesystem::path path = market_->envelopes->folder.part(input_.shard);
        const EnvelopeFile part = read_envelopes(path);
        const std::vector<std::string>& feeders = input_.region.feeder.id;
        const auto first =
            static_cast<std::size_t>(input_.first_feeder - market_->envelopes->plan.shards[input_.shard].first_feeder);
        if (first + feeders.size() > part.feeder_id.size()
            || !std::ranges::equal(feeders, std::span(part.feeder_id).subspan(first, feeders.size())))
            throw InputError(
                fmt::format("'{}': its feeders are not those of part {} of the case", path.string(), input_.shard));
        limits_ = limits_of_feeders(first, feeders.size(), part);
        require_envelopes_of(input_.region, limits_, market_->question, market_->options);
    }

    std::shared_ptr<const ShardedMarket> market_;
    ShardInput input_;
    EnvelopeResult limits_;
    ClearingResult result_;
};

RunInfo envelopes_of(const SourceRun& source, const std::string& path) {
    if (source.plan.kind != RunKind::allocate)
        throw InputError(fmt::format("'{}' holds a run of '{}'; a market begins with one of 'allocate'", path,
                                     source.plan.traits().name));
    return run_info_of(source.plan.notes);
}

/// Results of a market: limits before and after, prices, cash; the envelopes it begins with lie beside them.
ResultSize result_size(const ClearingQuestion& question) {
    const std::uint64_t limits = question.envelope.reactive == Reactive::joint ? 4 : 2;
    return {.per_customer = limits * 36 + 8, .per_item = 120, .per_order = 400};
}

/// Reads what is the same for all shards; the outline gets the orders that are cleared.
std::shared_ptr<ShardedMarket> market_of(const ClearOptions& options, CaseOutline& outline) {
    auto market = std::make_shared<ShardedMarket>(options, options.question);
    if (!options.order_path.empty()) {
        market->orders.emplace(options.order_path, options.case_path, outline);
        outline.order_offset = market->orders->offset();
    }
    require_orders(options, outline.order_count());
    RunInfo envelopes = question_notes(options, options.question.envelope);
    std::string digest;
    if (!options.envelope_path.empty()) {
        market->envelopes = open_source(options.envelope_path);
        envelopes = envelopes_of(*market->envelopes, options.envelope_path);
        begin_with(envelopes, options, market->question);
        digest = market->envelopes->digest;
    }
    market->info =
        run_info(options, market->question, envelopes, digest, outline.name, outline.series, outline.currency);
    return market;
}

RegionJob job_of(const ClearOptions& options, CaseOutline outline) {
    const std::shared_ptr<const ShardedMarket> market = market_of(options, outline);
    RegionJob job;
    job.plan = plan_of(RunKind::clear, outline, options.case_path);
    job.plan.notes = notes_of(market->info);
    if (!options.order_path.empty()) job.plan.contents = "--orders " + file_digest(options.order_path);
    const ResultSize size = result_size(market->question);
    job.plan.shards = market->envelopes ? resized(market->envelopes->plan.shards, outline, size)
                                        : plan_shards(outline, size, shard_bytes(options.region));
    const bool in_ac = market->question.secure == Secure::ac || needs_power_flow(market->question.envelope);
    const AllocationQuestion& envelope = market->question.envelope;
    job.need = memory_need(outline, job.plan, thread_count(options.threads),
                           {.work = in_ac ? FeederWork::market_in_ac : FeederWork::market,
                            .size = size,
                            .read_per_customer = market->envelopes ? size.per_customer : 0,
                            .is_joint = envelope.reactive == Reactive::joint,
                            .is_concave = !market->envelopes && is_concave(envelope.policy)},
                           count_limits(options.case_path, outline, envelope.monitoring));
    job.task.orders = !market->orders;
    job.task.begin = [market](ShardInput input) { return std::make_unique<ClearingShard>(market, std::move(input)); };
    return job;
}

/// The series of the envelopes is that of the market.
std::string series_of(const ClearOptions& options) {
    if (options.envelope_path.empty() || !options.series.empty()) return options.series;
    return plan_of_run(options.envelope_path).note("series");
}

}  // namespace

void require_for_shards(const ClearOptions& options) {
    if (options.compare) throw UsageError("--compare: is of result files; a clearing by parts has none");
    if (options.envelope_path.empty()) return;
    if (!names_a_folder(options.envelope_path))
        throw UsageError(
            fmt::format("--envelopes: a clearing by parts begins with the folder of a run of allocate; '{}' is a file",
                        options.envelope_path));
    if (options.region.cuts_parts()) throw UsageError("--shard-size: parts are those of --envelopes; leave it out");
}

ExitCode clear_by_shards(const ClearOptions& options, Team& team) {
    std::string series;
    const StepFate fate = together(team, [&] {
        require_for_shards(options);
        series = series_of(options);
    });
    if (fate != StepFate::well) return ExitCode::done;
    return work_through(
        region_verb(options, series, options.result_path, "clearing"),
        [&](const CaseOutline& outline) { return job_of(options, outline); }, team);
}

}  // namespace headroom::cli
