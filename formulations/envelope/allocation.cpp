#include "formulations/envelope/allocation.hpp"

#include <algorithm>
#include <cassert>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>

#include "formulations/envelope/concave_allocation.hpp"
#include "formulations/envelope/feeder_allocation.hpp"
#include "formulations/secure/linearised_steps.hpp"
#include "formulations/secure/secure_steps.hpp"
#include "solver/batch/run_batch.hpp"

namespace headroom {
namespace {

// Feeders made ready at a time: enough for any number of threads, little enough to bound memory for any region.
constexpr std::int64_t shard_feeders = 64;
// Entries of split rows times packs of eight steps that are worth waking a thread: a few milliseconds of work.
constexpr std::size_t work_per_thread = 600'000;

using RowValues = FeederAllocation::RowValues;

/// The share of one shard: its feeders made ready, and their packs as work items.
class Shard {
public:
    Shard(const Region& region, const SeriesSet& series, const AllocationQuestion& question,
          std::span<const Sharing> sharing, const AllocationRun& run, std::int64_t first, std::int64_t count,
          EnvelopeResult& result, std::vector<RowValues>* row_values)
        : region_(region),
          series_(series),
          question_(question),
          sharing_(sharing),
          run_(run),
          first_(first),
          feeders_(static_cast<std::size_t>(count)),
          row_offset_(feeders_.size()),
          found_(feeders_.size()),
          result_(result),
          row_values_(row_values) {}

    void prepare(const std::vector<std::string>& faults) {
        std::vector<std::string> reason(feeders_.size());
        run_batch(
            static_cast<int>(feeders_.size()), run_.threads,
            [&](int k, int) {
                const auto i = static_cast<std::size_t>(k);
                const auto feeder = first_ + k;
                reason[i] = faults[static_cast<std::size_t>(feeder)];
                if (!reason[i].empty()) return;
                try {
                    const AllocationQuestion question = question_of(i);
                    feeders_[i] =
                        std::make_unique<FeederAllocation>(region_, feeder, series_, question, row_form(question));
                } catch (const InvalidFeeder& fault) {
                    reason[i] = fault.what();
                }
            },
            1, run_.stop);
        for (std::size_t i = 0; i < feeders_.size(); ++i) {
            const auto feeder = first_ + static_cast<std::int64_t>(i);
            row_offset_[i] = static_cast<std::int32_t>(result_.rows.size());
            if (!feeders_[i]) {
                mark_invalid(static_cast<std::size_t>(feeder), reason[i]);
                continue;
            }
            result_.rows.add(feeder, feeders_[i]->rows().limits());
            if (row_values_ != nullptr)
                make_row_values(feeders_[i]->rows().limits().size(), (*row_values_)[static_cast<std::size_t>(feeder)]);
        }
    }

    void solve() {
        if (needs_power_flow(question_)) {
            solve_in_ac();
        } else {
            solve_concave(feeders_solved_by(true));
            solve_by_filling(feeders_solved_by(false));
        }
        for (const Found& found : found_) append(found, result_.violations, result_.prices);
    }

private:
    /// Lists of a feeder, which stand in the order of feeders whoever was solved first.
    struct Found {
        std::vector<Violation> violations;
        std::vector<RowPrice> prices;
    };
    static void append(const Found& found, std::vector<Violation>& violations, std::vector<RowPrice>& prices) {
        violations.insert(violations.end(), found.violations.begin(), found.violations.end());
        prices.insert(prices.end(), found.prices.begin(), found.prices.end());
    }

    /// A thread keeps the work arrays of the feeder that it is at.
    struct Worker {
        std::size_t feeder = std::numeric_limits<std::size_t>::max();
        std::optional<FeederAllocation::Workspace> work;

        FeederAllocation::Workspace& workspace_for(std::size_t wanted, const FeederAllocation& allocation) {
            if (feeder != wanted) {
                work.emplace(allocation.workspace());
                feeder = wanted;
            }
            return *work;
        }
    };

    AllocationQuestion question_of(std::size_t i) const {
        return sharing_.empty() ? question_ : with(question_, sharing_[static_cast<std::size_t>(first_) + i]);
    }

    std::vector<std::size_t> feeders_solved_by(bool convex_solver) const {
        std::vector<std::size_t> feeders;
        for (std::size_t i = 0; i < feeders_.size(); ++i)
            if (is_concave(question_of(i).policy) == convex_solver) feeders.push_back(i);
        return feeders;
    }

    /// Many feeders go side by side, few share the threads inside.
    void solve_concave(const std::vector<std::size_t>& feeders) {
        const auto threads = thread_count(run_.threads);
        const bool many = static_cast<int>(feeders.size()) >= 2 * threads;
        run_batch(
            static_cast<int>(feeders.size()), many ? threads : 1,
            [&](int k, int) {
                const std::size_t i = feeders[static_cast<std::size_t>(k)];
                if (feeders_[i])
                    ConcaveAllocation(*feeders_[i], run_.single_solver)
                        .solve(many ? 1 : threads, row_offset_[i], result_, found_[i].violations, found_[i].prices,
                               row_values_of(i));
                if (run_.finished) run_.finished(static_cast<std::int64_t>(series_.step_count()));
            },
            1, run_.stop);
    }

    void solve_by_filling(const std::vector<std::size_t>& feeders) {
        const std::size_t packs = (series_.step_count() + lane_count - 1) / lane_count;
        const auto threads = static_cast<std::size_t>(thread_count(run_.threads));
        std::vector<Worker> workers(threads);
        std::vector<std::vector<Violation>> violations(feeders.size() * packs);
        run_batch(
            static_cast<int>(violations.size()), run_.threads,
            [&](int item, int worker) {
                const std::size_t i = feeders[static_cast<std::size_t>(item) / packs],
                                  first_step = static_cast<std::size_t>(item) % packs * lane_count;
                if (feeders_[i]) {
                    auto& work = workers[static_cast<std::size_t>(worker)].workspace_for(i, *feeders_[i]);
                    feeders_[i]->solve_pack(first_step, row_offset_[i], work, result_,
                                            violations[static_cast<std::size_t>(item)], row_values_of(i));
                }
                if (run_.finished)
                    run_.finished(static_cast<std::int64_t>(
                        std::min<std::size_t>(lane_count, series_.step_count() - first_step)));
            },
            packs_worth_a_thread(feeders), run_.stop);
        for (std::size_t item = 0; item < violations.size(); ++item) {
            std::vector<Violation>& all = found_[feeders[item / packs]].violations;
            all.insert(all.end(), violations[item].begin(), violations[item].end());
        }
    }

    /// Many feeders go side by side, few share the threads inside.
    void solve_in_ac() {
        const int threads = thread_count(run_.threads);
        const bool many = static_cast<int>(feeders_.size()) >= 2 * threads;
        run_batch(
            static_cast<int>(feeders_.size()), many ? threads : 1,
            [&](int k, int) {
                const auto i = static_cast<std::size_t>(k);
                if (feeders_[i]) solve_in_ac(i, many ? 1 : threads, found_[i]);
            },
            1, run_.stop);
    }

    void solve_in_ac(std::size_t feeder, int threads, Found& found) {
        const bool once = question_.flow == FlowModel::linearised_ac;
        std::vector<Worker> workers(static_cast<std::size_t>(thread_count(threads)));
        std::optional<SecureFeeder> ready;
        try {
            ready.emplace(region_, *feeders_[feeder],
                          once ? settings_of_linearisation(question_.linearisation) : settings_of_correction(),
                          workers.front().workspace_for(feeder, *feeders_[feeder]));
        } catch (const InvalidFeeder& fault) {
            mark_invalid(feeders_[feeder]->feeder(), fault.what());
            return;
        }
        if (once)
            solve_parts<LinearisedSteps>(*ready, feeder, workers, found);
        else
            solve_parts<SecureSteps>(*ready, feeder, workers, found);
    }

    /// @tparam Steps  what solves some steps side by side
    template <class Steps>
    void solve_parts(const SecureFeeder& ready, std::size_t feeder, std::vector<Worker>& workers, Found& found) {
        const std::size_t steps = series_.step_count(), parts = (steps + Steps::most_steps - 1) / Steps::most_steps;
        std::vector<Found> of_part(parts);
        SecureSettings settings = run_.secure;
        settings.single_solver = run_.single_solver;
        run_batch(
            static_cast<int>(parts), static_cast<int>(workers.size()),
            [&](int part, int worker) {
                const auto k = static_cast<std::size_t>(part), first = k * Steps::most_steps;
                auto& scratch = workers[static_cast<std::size_t>(worker)].workspace_for(feeder, *feeders_[feeder]);
                Steps(ready, series_, settings, first, scratch)
                    .solve(row_offset_[feeder], result_, of_part[k].violations, of_part[k].prices,
                           row_values_of(feeder));
                if (run_.finished) run_.finished(static_cast<std::int64_t>(std::min(Steps::most_steps, steps - first)));
            },
            1, run_.stop);
        for (const Found& part : of_part) append(part, found.violations, found.prices);
    }

    static RowForm row_form(const AllocationQuestion& question) {
        const bool filled = question.policy == Policy::max_min && !needs_power_flow(question);
        return filled ? RowForm::any : RowForm::written;
    }

    int packs_worth_a_thread(const std::vector<std::size_t>& feeders) const {
        std::size_t entries = 0;
        for (const std::size_t i : feeders) entries += feeders_[i] ? feeders_[i]->entry_count() : 0;
        return static_cast<int>(1 + work_per_thread / (1 + entries / std::max<std::size_t>(feeders.size(), 1)));
    }

    /// Null: not asked for.
    RowValues* row_values_of(std::size_t i) const {
        return row_values_ != nullptr ? &(*row_values_)[static_cast<std::size_t>(first_) + i] : nullptr;
    }

    void make_row_values(std::size_t limits, RowValues& values) const {
        constexpr double nan = std::numeric_limits<double>::quiet_NaN();
        values.base.assign(limits * series_.step_count(), nan);
        values.worst = values.base;
    }

    void mark_invalid(std::size_t feeder, const std::string& reason) {
        result_.feeder_fault[feeder] = reason;
        for (std::size_t step = 0; step < result_.step_count; ++step)
            result_.status[step * result_.feeder_count + feeder] = ItemStatus::invalid_input;
    }

    const Region& region_;
    const SeriesSet& series_;
    const AllocationQuestion& question_;
    std::span<const Sharing> sharing_;  ///< [#feeder of the region]; empty: as the question says
    const AllocationRun& run_;
    std::int64_t first_;
    std::vector<std::unique_ptr<FeederAllocation>> feeders_;  ///< null: invalid
    std::vector<std::int32_t> row_offset_;
    std::vector<Found> found_;
    EnvelopeResult& result_;
    std::vector<RowValues>* row_values_;  ///< [#feeder of the region], null: not asked for
};

/// Puts the values of all feeders side by side, in the order of the row table.
void join_row_values(const std::vector<RowValues>& feeders, EnvelopeResult& result) {
    for (std::size_t step = 0; step < result.step_count; ++step)
        for (const RowValues& values : feeders) {
            append_step(values.base, step, result.step_count, result.row_base);
            append_step(values.worst, step, result.step_count, result.row_worst);
        }
}

EnvelopeResult empty_result(const Region& region, const SeriesSet& series, const AllocationQuestion& question) {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    EnvelopeResult result;
    result.step_count = series.step_count();
    result.customer_count = region.customer_count();
    result.feeder_count = region.feeder_count();
    const std::size_t limits = result.step_count * result.customer_count,
                      items = result.step_count * result.feeder_count;
    result.export_limit.assign(limits, nan);
    result.import_limit.assign(limits, nan);
    result.export_binding_row.assign(limits, binding::none);
    result.import_binding_row.assign(limits, binding::none);
    if (question.reactive == Reactive::joint) {
        result.q_inject_limit.assign(limits, nan);
        result.q_absorb_limit.assign(limits, nan);
        result.q_inject_binding_row.assign(limits, binding::none);
        result.q_absorb_binding_row.assign(limits, binding::none);
    }
    result.status.assign(items, ItemStatus::uncertified);
    result.level.assign(items, nan);
    result.rounds.assign(items, 0);
    result.forecast_over_cap.assign(items, 0);
    result.certificate_row_violation.assign(items, nan);
    result.certificate_bottleneck_gap.assign(items, nan);
    result.certificate_gap.assign(items, nan);
    result.objective.assign(items, nan);
    result.iterations.assign(items, 0);
    result.tie_multiplier.assign(items, 0.0);
    result.feeder_fault.assign(result.feeder_count, "");
    if (question.secure == Secure::ac) result.secure.resize(items);
    return result;
}

void refuse_useless_joint(const Region& region, const AllocationQuestion& question) {
    if (question.flow == FlowModel::dc)
        throw std::invalid_argument("joint reactive limits need a flow model with reactive power, which dc has not");
    for (std::size_t k = 0; k < region.customer_count(); ++k)
        if (region.customer.active[k] != 0 && region.customer.reactive_mode[k] == ReactiveMode::range) return;
    throw std::invalid_argument("joint reactive limits: no active customer has a reactive range (reactive_mode 2)");
}

void require_meant(const Sharing& sharing) {
    if (sharing.policy == Policy::alpha && !(sharing.alpha > 0 && sharing.alpha != 1))
        throw std::invalid_argument("alpha must be above 0 and not 1: that is total, or proportional");
}

}  // namespace

EnvelopeResult allocate(const Region& region, const SeriesSet& series, const AllocationQuestion& question,
                        std::span<const Sharing> sharing, const std::vector<std::string>& faults,
                        const AllocationRun& run) {
    assert(sharing.empty() || sharing.size() == region.feeder_count());
    require_meant(sharing_of(question));
    std::ranges::for_each(sharing, require_meant);
    if (question.errors.impedance > 0 && question.secure == Secure::ac)
        throw std::invalid_argument("errors of impedances are of linear rows: they need Secure::linear");
    if (question.errors.norm == ErrorNorm::ball && question.secure == Secure::ac)
        throw std::invalid_argument("errors of forecasts in a ball are of linear rows: they need Secure::linear");
    if (question.flow == FlowModel::linearised_ac && question.secure == Secure::ac)
        throw std::invalid_argument("secure in AC starts from lin-dist3-flow and linearises its rows itself");
    if (question.flow == FlowModel::linearised_ac && question.errors.any())
        throw std::invalid_argument("robust envelopes need rows that are the same in every step, not linearised-ac");
    if (question.reactive == Reactive::joint && !run.is_part) refuse_useless_joint(region, question);
    EnvelopeResult result = empty_result(region, series, question);
    const auto feeders = static_cast<std::int64_t>(region.feeder_count());
    std::vector<RowValues> row_values(run.row_values ? static_cast<std::size_t>(feeders) : 0);
    for (std::int64_t first = 0; first < feeders; first += shard_feeders) {
        Shard shard(region, series, question, sharing, run, first, std::min(shard_feeders, feeders - first), result,
                    run.row_values ? &row_values : nullptr);
        shard.prepare(faults);
        shard.solve();
    }
    if (run.row_values) join_row_values(row_values, result);
    return result;
}

EnvelopeResult allocate(const Region& region, const SeriesSet& series, const AllocationQuestion& question,
                        const std::vector<std::string>& faults, const AllocationRun& run) {
    return allocate(region, series, question, {}, faults, run);
}

}  // namespace headroom
