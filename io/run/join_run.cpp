#include "io/run/join_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "io/errors.hpp"
#include "io/result/envelope_file.hpp"
#include "io/run/journal.hpp"
#include "io/run/run_plan.hpp"

namespace headroom {
namespace {

/// Grows [step x column] arrays by the columns of one part after the other.
template <class T>
void place(const std::vector<T>& part, std::size_t steps, std::size_t first, std::size_t total, std::vector<T>& all) {
    if (part.empty()) return;
    if (all.empty()) all.resize(steps * total);
    const std::size_t width = part.size() / steps;
    for (std::size_t step = 0; step < steps; ++step)
        std::copy_n(part.begin() + static_cast<std::ptrdiff_t>(step * width), width,
                    all.begin() + static_cast<std::ptrdiff_t>(step * total + first));
}

/// One result grown from parts; of the region only what a result file says of it.
class JoinedResult {
public:
    explicit JoinedResult(const RunPlan& plan)
        : steps_(static_cast<std::size_t>(plan.step_count)),
          feeder_total_(static_cast<std::size_t>(plan.feeder_count)),
          customer_total_(static_cast<std::size_t>(plan.customer_count)) {
        result_.step_count = steps_;
        result_.feeder_count = feeder_total_;
        result_.customer_count = customer_total_;
    }

    void add(EnvelopeFile part, const Shard& shard) {
        series_.name = part.run.series;
        series_.start = part.start;
        series_.end = part.end;
        row_offset_ = static_cast<std::int32_t>(result_.rows.size());
        add_series(part.result);
        add_rows(part, static_cast<std::int32_t>(shard.first_bus), static_cast<std::int32_t>(shard.first_branch));
        add_lists(part.result);
        add_region(part);
    }

    void write(const RunInfo& info, const std::filesystem::path& output) {
        join_row_values(row_base_, result_.row_base);
        join_row_values(row_worst_, result_.row_worst);
        write_envelopes(result_, region_, series_, info, output);
    }

private:
    std::size_t first_feeder() const { return region_.feeder.id.size(); }
    std::size_t first_customer() const { return region_.customer.id.size(); }

    void add_series(EnvelopeResult& part) {
        for (const LimitMembers& kind : limit_members) {
            for (std::int32_t& row : part.*kind.binding_row)
                if (row >= 0) row += row_offset_;
            place(part.*kind.limit, steps_, first_customer(), customer_total_, result_.*kind.limit);
            place(part.*kind.binding_row, steps_, first_customer(), customer_total_, result_.*kind.binding_row);
        }
        const auto by_feeder = [&](auto member) {
            place(part.*member, steps_, first_feeder(), feeder_total_, result_.*member);
        };
        by_feeder(&EnvelopeResult::status);
        by_feeder(&EnvelopeResult::level);
        by_feeder(&EnvelopeResult::forecast_over_cap);
        by_feeder(&EnvelopeResult::rounds);
        by_feeder(&EnvelopeResult::certificate_row_violation);
        by_feeder(&EnvelopeResult::certificate_bottleneck_gap);
        by_feeder(&EnvelopeResult::certificate_gap);
        by_feeder(&EnvelopeResult::objective);
        by_feeder(&EnvelopeResult::iterations);
        by_feeder(&EnvelopeResult::tie_multiplier);
        by_feeder(&EnvelopeResult::price_of_fairness);
        by_feeder(&EnvelopeResult::secure);
    }

    /// Of the names of buses and branches only those of rows are known.
    void add_rows(EnvelopeFile& part, std::int32_t bus_offset, std::int32_t branch_offset) {
        RowTable& all = result_.rows;
        const RowTable& rows = part.result.rows;
        for (std::size_t k = 0; k < rows.size(); ++k) {
            all.feeder.push_back(rows.feeder[k] + static_cast<std::int32_t>(first_feeder()));
            all.kind.push_back(rows.kind[k]);
            all.bus.push_back(rows.bus[k] + bus_offset);
            all.branch.push_back(rows.branch[k] < 0 ? rows.branch[k] : rows.branch[k] + branch_offset);
            all.phases.push_back(rows.phases[k]);
            all.limit.push_back(rows.limit[k]);
            set_name(region_.bus.id, all.bus.back(), part.row_bus[k]);
            set_name(region_.branch.id, all.branch.back(), part.row_branch[k]);
        }
        row_base_.push_back(std::move(part.result.row_base));
        row_worst_.push_back(std::move(part.result.row_worst));
    }

    /// How many rows there are is known at the end only.
    void join_row_values(const std::vector<std::vector<double>>& parts, std::vector<double>& all) const {
        std::size_t first = 0;
        for (const std::vector<double>& part : parts) {
            place(part, steps_, first, result_.rows.size(), all);
            first += part.size() / steps_;
        }
    }

    static void set_name(std::vector<std::string>& ids, std::int32_t row, const std::string& id) {
        if (row < 0) return;
        const auto k = static_cast<std::size_t>(row);
        if (ids.size() <= k) ids.resize(k + 1);
        ids[k] = id;
    }

    void add_lists(const EnvelopeResult& part) {
        const auto feeder = static_cast<std::int32_t>(first_feeder());
        for (Violation violation : part.violations) {
            violation.feeder += feeder;
            violation.row += row_offset_;
            result_.violations.push_back(violation);
        }
        for (RowPrice price : part.prices) {
            price.feeder += feeder;
            price.row += row_offset_;
            result_.prices.push_back(price);
        }
        result_.feeder_fault.insert(result_.feeder_fault.end(), part.feeder_fault.begin(), part.feeder_fault.end());
    }

    void add_region(const EnvelopeFile& part) {
        const auto append = [](auto& all, const auto& more) { all.insert(all.end(), more.begin(), more.end()); };
        std::vector<std::int64_t> count(part.feeder_id.size());
        for (const std::int32_t feeder : part.customer_feeder) ++count[static_cast<std::size_t>(feeder)];
        for (const std::int64_t customers : count)
            region_.feeder.customer_offset.push_back(region_.feeder.customer_offset.back() + customers);
        append(region_.feeder.id, part.feeder_id);
        append(region_.customer.id, part.customer_id);
        append(region_.customer.active, part.active);
    }

    std::size_t steps_, feeder_total_, customer_total_;
    std::int32_t row_offset_ = 0;
    EnvelopeResult result_;
    Region region_;
    SeriesSet series_;
    std::vector<std::vector<double>> row_base_, row_worst_;  ///< [#part][step x row of the part]
};

}  // namespace

void join_run(const RunFolder& folder, const std::filesystem::path& output) {
    const RunPlan plan = read_plan(folder.plan());
    const std::size_t done = find_done(folder, plan.shards.size(), PartCheck::digest).size();
    if (done < plan.shards.size())
        throw InputError(fmt::format("'{}': {} of {} shards are done; finish the run with --resume first",
                                     folder.path().string(), done, plan.shards.size()));
    JoinedResult joined(plan);
    for (std::size_t shard = 0; shard < plan.shards.size(); ++shard)
        joined.add(read_envelopes(folder.part(shard)), plan.shards[shard]);
    joined.write(plan.info, output);
}

}  // namespace headroom
