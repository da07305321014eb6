#include "io/run/join_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

#include "io/digest.hpp"
#include "io/errors.hpp"
#include "io/run/journal.hpp"
#include "io/run/run_plan.hpp"
#include "io/run/source_run.hpp"

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

template <class T> void append(std::vector<T>& all, const std::vector<T>& more) {
    all.insert(all.end(), more.begin(), more.end());
}

/// One result grown from parts.
class JoinedResult {
public:
    explicit JoinedResult(const RunPlan& plan)
        : steps_(static_cast<std::size_t>(plan.step_count)),
          feeder_total_(static_cast<std::size_t>(plan.feeder_count)),
          customer_total_(static_cast<std::size_t>(plan.customer_count)) {
        all().step_count = steps_;
        all().feeder_count = feeder_total_;
        all().customer_count = customer_total_;
    }

    void add(EnvelopeFile part, const Shard& shard) {
        file_.run = part.run;
        file_.start = part.start;
        file_.end = part.end;
        row_offset_ = static_cast<std::int32_t>(all().rows.size());
        add_series(part.result);
        add_rows(part, static_cast<std::int32_t>(shard.first_bus), static_cast<std::int32_t>(shard.first_branch));
        add_lists(part.result);
        add_things(part);
    }

    EnvelopeFile take() {
        join_row_values(row_base_, all().row_base);
        join_row_values(row_worst_, all().row_worst);
        return std::move(file_);
    }

private:
    EnvelopeResult& all() { return file_.result; }
    std::size_t first_feeder() const { return file_.feeder_id.size(); }
    std::size_t first_customer() const { return file_.customer_id.size(); }

    void add_series(EnvelopeResult& part) {
        for (const LimitMembers& kind : limit_members) {
            for (std::int32_t& row : part.*kind.binding_row)
                if (row >= 0) row += row_offset_;
            place(part.*kind.limit, steps_, first_customer(), customer_total_, all().*kind.limit);
            place(part.*kind.binding_row, steps_, first_customer(), customer_total_, all().*kind.binding_row);
        }
        const auto by_feeder = [&](auto member) {
            place(part.*member, steps_, first_feeder(), feeder_total_, all().*member);
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

    void add_rows(EnvelopeFile& part, std::int32_t bus_offset, std::int32_t branch_offset) {
        RowTable& rows = part.result.rows;
        for (std::int32_t& feeder : rows.feeder) feeder += static_cast<std::int32_t>(first_feeder());
        for (std::int32_t& bus : rows.bus) bus += bus_offset;
        for (std::int32_t& branch : rows.branch)
            if (branch >= 0) branch += branch_offset;
        append(all().rows.feeder, rows.feeder);
        append(all().rows.kind, rows.kind);
        append(all().rows.bus, rows.bus);
        append(all().rows.branch, rows.branch);
        append(all().rows.phases, rows.phases);
        append(all().rows.limit, rows.limit);
        append(file_.row_bus, part.row_bus);
        append(file_.row_branch, part.row_branch);
        row_base_.push_back(std::move(part.result.row_base));
        row_worst_.push_back(std::move(part.result.row_worst));
    }

    /// How many rows there are is known at the end only.
    void join_row_values(const std::vector<std::vector<double>>& parts, std::vector<double>& values) {
        std::size_t first = 0;
        for (const std::vector<double>& part : parts) {
            place(part, steps_, first, all().rows.size(), values);
            first += part.size() / steps_;
        }
    }

    void add_lists(EnvelopeResult& part) {
        const auto feeder = static_cast<std::int32_t>(first_feeder());
        const auto shift = [&](auto& entries) {
            for (auto& entry : entries) {
                entry.feeder += feeder;
                entry.row += row_offset_;
            }
        };
        shift(part.violations);
        shift(part.prices);
        append(all().violations, part.violations);
        append(all().prices, part.prices);
        append(all().feeder_fault, part.feeder_fault);
    }

    void add_things(EnvelopeFile& part) {
        for (std::int32_t& feeder : part.customer_feeder) feeder += static_cast<std::int32_t>(first_feeder());
        append(file_.feeder_id, part.feeder_id);
        file_.asked.append(part.asked);
        append(file_.customer_id, part.customer_id);
        append(file_.customer_feeder, part.customer_feeder);
        append(file_.active, part.active);
    }

    std::size_t steps_, feeder_total_, customer_total_;
    std::int32_t row_offset_ = 0;
    EnvelopeFile file_;
    std::vector<std::vector<double>> row_base_, row_worst_;  ///< [#part][step x row of the part]
};

/// Of a region what a result file says of it: of buses and branches only the names of those with rows.
Region named_region(const EnvelopeFile& file) {
    Region region;
    region.feeder.id = file.feeder_id;
    region.feeder.customer_offset.assign(file.feeder_id.size() + 1, 0);
    for (const std::int32_t feeder : file.customer_feeder)
        ++region.feeder.customer_offset[static_cast<std::size_t>(feeder) + 1];
    std::partial_sum(region.feeder.customer_offset.begin(), region.feeder.customer_offset.end(),
                     region.feeder.customer_offset.begin());
    region.customer.id = file.customer_id;
    region.customer.active = file.active;
    const auto set_name = [](std::vector<std::string>& ids, std::int32_t row, const std::string& id) {
        if (row < 0) return;
        const auto k = static_cast<std::size_t>(row);
        if (ids.size() <= k) ids.resize(k + 1);
        ids[k] = id;
    };
    for (std::size_t row = 0; row < file.result.rows.size(); ++row) {
        set_name(region.bus.id, file.result.rows.bus[row], file.row_bus[row]);
        set_name(region.branch.id, file.result.rows.branch[row], file.row_branch[row]);
    }
    return region;
}

}  // namespace

RunPlan read_finished(const RunFolder& folder) {
    RunPlan plan = plan_of_run(folder.path());
    const std::size_t done = find_done(folder, read_journals(folder, plan.kind), PartCheck::digest).size();
    if (done < plan.shards.size())
        throw InputError(fmt::format("'{}': {} of {} shards are done; finish the run with --resume first",
                                     folder.path().string(), done, plan.shards.size()));
    if (!std::filesystem::exists(folder.index()))
        throw InputError(
            fmt::format("'{}': the index is missing; finish the run with --resume first", folder.path().string()));
    return plan;
}

EnvelopeFile read_run(const RunFolder& folder) {
    const RunPlan plan = read_finished(folder);
    if (plan.kind != RunKind::allocate)
        throw InputError(fmt::format(
            "'{}' holds a run of '{}', whose parts stay apart; replay takes it with an output folder (-o FOLDER/)",
            folder.path().string(), plan.traits().name));
    JoinedResult joined(plan);
    for (std::size_t shard = 0; shard < plan.shards.size(); ++shard)
        joined.add(read_envelopes(folder.part(shard)), plan.shards[shard]);
    return joined.take();
}

EnvelopeFile read_envelopes_at(const std::filesystem::path& path) {
    return std::filesystem::is_directory(path) ? read_run(RunFolder(path)) : read_envelopes(path);
}

std::string result_digest(const std::filesystem::path& path) {
    return file_digest(std::filesystem::is_directory(path) ? RunFolder(path).index() : path);
}

void join_run(const RunFolder& folder, const std::filesystem::path& output) {
    const EnvelopeFile file = read_run(folder);
    SeriesSet series;
    series.name = file.run.series;
    series.start = file.start;
    series.end = file.end;
    write_envelopes(file.result, named_region(file), series, file.run, output, file.asked);
}

}  // namespace headroom
