#include "formulations/envelope/allocation.hpp"

#include <algorithm>
#include <cassert>
#include <memory>
#include <optional>
#include <stdexcept>

#include "formulations/envelope/concave_allocation.hpp"
#include "formulations/envelope/feeder_allocation.hpp"
#include "formulations/network/feeder_parts.hpp"
#include "formulations/secure/linearised_steps.hpp"
#include "formulations/secure/secure_steps.hpp"
#include "solver/batch/run_batch.hpp"
#include "solver/numbers.hpp"

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
          feeder_count_(static_cast<std::size_t>(count)),
          result_(result),
          row_values_(row_values) {}

    void prepare() {
        parts_.prepare(
            region_, series_, first_, feeder_count_, run_.threads, result_.feeder_fault,
            [&](std::int64_t feeder, const TapRun& run) {
                const AllocationQuestion question = question_of(static_cast<std::size_t>(feeder - first_));
                return std::make_unique<FeederAllocation>(region_, feeder, series_, run, question, row_form(question));
            },
            run_.stop);
        for (std::size_t k = 0; k < feeder_count_; ++k) {
            row_offset_.push_back(static_cast<std::int32_t>(result_.rows.size()));
            const std::int64_t feeder = first_ + static_cast<std::int64_t>(k);
            if (const FeederAllocation* ready = parts_.first_of(k)) {
                const std::vector<SecurityLimit>& limits = ready->rows().limits();
                result_.rows.add(feeder, limits);
                if (row_values_ != nullptr)
                    make_row_values(limits.size(), (*row_values_)[static_cast<std::size_t>(feeder)]);
            } else {
                mark_invalid(static_cast<std::size_t>(feeder), {0, result_.step_count, {}});
            }
        }
        found_.resize(parts_.all().size());
    }

    void solve() {
        if (needs_power_flow(question_)) {
            solve_in_ac();
        } else {
            solve_concave(parts_solved_by(true));
            solve_by_filling(parts_solved_by(false));
        }
        for (const Found& found : found_) append(found, result_.violations, result_.prices);
    }

private:
    using Part = FeederParts<FeederAllocation>::Part;

    /// Lists of a part, which stand in the order of feeders and steps whatever was solved first.
    struct Found {
        std::vector<Violation> violations;
        std::vector<RowPrice> prices;
    };
    static void append(const Found& found, std::vector<Violation>& violations, std::vector<RowPrice>& prices) {
        violations.insert(violations.end(), found.violations.begin(), found.violations.end());
        prices.insert(prices.end(), found.prices.begin(), found.prices.end());
    }

    using Worker = PartWorkspace<FeederAllocation>;

    AllocationQuestion question_of(std::size_t feeder) const {
        return sharing_.empty() ? question_ : with(question_, sharing_[static_cast<std::size_t>(first_) + feeder]);
    }

    const Part& part(std::size_t p) const { return parts_.all()[p]; }

    std::vector<std::size_t> parts_solved_by(bool convex_solver) const {
        std::vector<std::size_t> parts;
        for (std::size_t p = 0; p < parts_.all().size(); ++p)
            if (is_concave(question_of(part(p).feeder).policy) == convex_solver) parts.push_back(p);
        return parts;
    }

    void finished(std::size_t steps) const {
        if (run_.finished) run_.finished(static_cast<std::int64_t>(steps));
    }

    /// Many feeders go side by side, few share the threads inside.
    void solve_concave(const std::vector<std::size_t>& parts) {
        const auto threads = thread_count(run_.threads);
        const bool many = static_cast<int>(parts.size()) >= 2 * threads;
        run_batch(
            static_cast<int>(parts.size()), many ? threads : 1,
            [&](int k, int) {
                const std::size_t p = parts[static_cast<std::size_t>(k)];
                const auto& [feeder, run, ready] = part(p);
                if (ready)
                    ConcaveAllocation(*ready, run_.single_solver)
                        .solve(many ? 1 : threads, row_offset_[feeder], result_, found_[p].violations, found_[p].prices,
                               row_values_of(feeder));
                finished(run.step_count());
            },
            1, run_.stop);
    }

    /// Eight steps of a part.
    struct Pack {
        std::size_t part, first_step;
        std::vector<Violation> violations;
    };
    std::vector<Pack> packs_of(const std::vector<std::size_t>& parts) const {
        std::vector<Pack> packs;
        for (const std::size_t p : parts)
            for (std::size_t step = part(p).run.first; step < part(p).run.end; step += lane_count)
                packs.push_back({p, step, {}});
        return packs;
    }

    void solve_by_filling(const std::vector<std::size_t>& parts) {
        const auto threads = static_cast<std::size_t>(thread_count(run_.threads));
        std::vector<Worker> workers(threads);
        std::vector<Pack> packs = packs_of(parts);
        run_batch(
            static_cast<int>(packs.size()), run_.threads,
            [&](int item, int worker) {
                Pack& pack = packs[static_cast<std::size_t>(item)];
                const auto& [feeder, run, ready] = part(pack.part);
                if (ready) {
                    auto& work = workers[static_cast<std::size_t>(worker)].of(*ready);
                    ready->solve_pack(pack.first_step, row_offset_[feeder], work, result_, pack.violations,
                                      row_values_of(feeder));
                }
                finished(std::min<std::size_t>(lane_count, run.end - pack.first_step));
            },
            packs_worth_a_thread(parts), run_.stop);
        for (const Pack& pack : packs)
            append({pack.violations, {}}, found_[pack.part].violations, found_[pack.part].prices);
    }

    /// Many feeders go side by side, few share the threads inside.
    void solve_in_ac() {
        const int threads = thread_count(run_.threads), count = static_cast<int>(parts_.all().size());
        const bool many = count >= 2 * threads;
        std::vector<std::string> faults(parts_.all().size());
        run_batch(
            count, many ? threads : 1,
            [&](int k, int) {
                const auto p = static_cast<std::size_t>(k);
                if (part(p).ready) solve_in_ac(part(p), many ? 1 : threads, found_[p], faults[p]);
            },
            1, run_.stop);
        for (std::size_t p = 0; p < faults.size(); ++p) {
            if (faults[p].empty()) continue;
            const std::size_t feeder = static_cast<std::size_t>(first_) + part(p).feeder;
            result_.feeder_fault[feeder] = faults[p];
            mark_invalid(feeder, part(p).run);
        }
    }

    void solve_in_ac(const Part& part, int threads, Found& found, std::string& fault) {
        const bool once = question_.flow == FlowModel::linearised_ac;
        std::vector<Worker> workers(static_cast<std::size_t>(thread_count(threads)));
        std::optional<SecureFeeder> ready;
        try {
            ready.emplace(region_, *part.ready,
                          once ? settings_of_linearisation(question_.linearisation) : settings_of_correction(),
                          workers.front().of(*part.ready));
        } catch (const InvalidFeeder& invalid) {
            fault = invalid.what();
            return;
        }
        if (once)
            solve_steps<LinearisedSteps>(*ready, part, workers, found);
        else
            solve_steps<SecureSteps>(*ready, part, workers, found);
    }

    /// @tparam Steps  what solves some steps side by side
    template <class Steps>
    void solve_steps(const SecureFeeder& ready, const Part& part, std::vector<Worker>& workers, Found& found) {
        const std::size_t groups = (part.run.step_count() + Steps::most_steps - 1) / Steps::most_steps;
        std::vector<Found> of_group(groups);
        SecureSettings settings = run_.secure;
        settings.single_solver = run_.single_solver;
        run_batch(
            static_cast<int>(groups), static_cast<int>(workers.size()),
            [&](int group, int worker) {
                const auto k = static_cast<std::size_t>(group), first = part.run.first + k * Steps::most_steps;
                auto& scratch = workers[static_cast<std::size_t>(worker)].of(*part.ready);
                Steps(ready, series_, settings, first, scratch)
                    .solve(row_offset_[part.feeder], result_, of_group[k].violations, of_group[k].prices,
                           row_values_of(part.feeder));
                finished(std::min(Steps::most_steps, part.run.end - first));
            },
            1, run_.stop);
        for (const Found& group : of_group) append(group, found.violations, found.prices);
    }

    static RowForm row_form(const AllocationQuestion& question) {
        const bool filled = question.policy == Policy::max_min && !needs_power_flow(question);
        return filled ? RowForm::any : RowForm::written;
    }

    int packs_worth_a_thread(const std::vector<std::size_t>& parts) const {
        std::size_t entries = 0;
        for (const std::size_t p : parts) entries += part(p).ready ? part(p).ready->entry_count() : 0;
        return static_cast<int>(1 + work_per_thread / (1 + entries / std::max<std::size_t>(parts.size(), 1)));
    }

    /// Null: not asked for.
    RowValues* row_values_of(std::size_t feeder) const {
        return row_values_ != nullptr ? &(*row_values_)[static_cast<std::size_t>(first_) + feeder] : nullptr;
    }

    void make_row_values(std::size_t limits, RowValues& values) const {
        values.base.assign(limits * series_.step_count(), nan);
        values.worst = values.base;
    }

    void mark_invalid(std::size_t feeder, const TapRun& steps) {
        for (std::size_t step = steps.first; step < steps.end; ++step)
            result_.status[step * result_.feeder_count + feeder] = ItemStatus::invalid_input;
    }

    const Region& region_;
    const SeriesSet& series_;
    const AllocationQuestion& question_;
    std::span<const Sharing> sharing_;  ///< [#feeder of the region]; empty: as the question says
    const AllocationRun& run_;
    std::int64_t first_;
    std::size_t feeder_count_;
    FeederParts<FeederAllocation> parts_;
    std::vector<std::int32_t> row_offset_;  ///< [#feeder]
    std::vector<Found> found_;              ///< [#part]
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
    result.feeder_fault = faults;
    const auto feeders = static_cast<std::int64_t>(region.feeder_count());
    std::vector<RowValues> row_values(run.row_values ? static_cast<std::size_t>(feeders) : 0);
    for (std::int64_t first = 0; first < feeders; first += shard_feeders) {
        Shard shard(region, series, question, sharing, run, first, std::min(shard_feeders, feeders - first), result,
                    run.row_values ? &row_values : nullptr);
        shard.prepare();
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
