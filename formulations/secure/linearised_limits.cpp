#include "formulations/secure/linearised_limits.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>

#include "formulations/secure/linearised_rows.hpp"
#include "formulations/secure/secure_feeder.hpp"

namespace headroom {
namespace {

using Split = std::map<std::size_t, SplitAcRow>;  ///< by number of the row

/// Names all rows that there could be, and splits those that can be filled.
void linearise_pack(const SecureFeeder& feeder, const SeriesSet& series, std::size_t first, RowNumbers& numbers,
                    StepLimits& limits, std::vector<Split>& split) {
    const AllocationQuestion& question = feeder.linear().question();
    const std::vector<AcBase> bases = bases_of(feeder.ac(), series, feeder.linear().run(), first, question);
    const std::vector<LinearisedStep> linear = linearise(feeder.ac(), bases);
    for (std::size_t lane = 0; lane < linear.size(); ++lane) {
        const std::size_t step = first + lane;
        limits.steps[step].has_rows = linear[lane].differentiable;
        const EnvelopeBox none = feeder.no_limits(bases[lane]), largest = feeder.largest(bases[lane], step);
        const std::vector<double> cap = feeder.linear().connection_caps(step);
        const std::vector<AcRow>& rows = linear[lane].rows;
        for (const AcRow& row : rows) {
            const std::size_t number =
                numbers.number({feeder.ac().limits().in_rows(static_cast<std::size_t>(row.limit)), row.side});
            if (can_fill(row, largest))
                split[step].emplace(number, headroom::split(row, feeder.columns(), none, cap, question.dust));
        }
    }
}

/// Keeps the rows that some step needs.
void number_rows(std::size_t columns, StepLimits& limits, std::vector<Split>& split) {
    std::vector<char> needed(limits.names.size(), 0);
    for (const Split& rows : split)
        for (const auto& [r, row] : rows) needed[r] = 1;
    for (std::size_t step = 0; step < limits.steps.size(); ++step) {
        limits.steps[step].set = step;
        PackingRows& rows = limits.sets.emplace_back();
        rows.limit_count = static_cast<int>(columns);
        for (std::size_t r = 0; r < needed.size(); ++r) {
            if (needed[r] == 0) continue;
            const auto own = split[step].find(r);
            const bool is_there = own != split[step].end();
            limits.steps[step].room.push_back(is_there ? own->second.room : std::numeric_limits<double>::infinity());
            if (is_there)
                for (const auto& [column, value] : own->second.entries) {
                    rows.column.push_back(column);
                    rows.value.push_back(value);
                }
            rows.start.push_back(static_cast<std::int32_t>(rows.column.size()));
        }
        split[step].clear();
    }
    std::size_t next = 0;
    std::erase_if(limits.names, [&](const RowName&) { return needed[next++] == 0; });
}

}  // namespace

StepLimits linearised_limits(const Region& region, const SeriesSet& series, const FeederAllocation& allocation) {
    StepLimits limits;
    limits.steps.resize(series.step_count());
    std::vector<Split> split(limits.steps.size());
    RowNumbers numbers;
    const auto feeder = static_cast<std::int64_t>(allocation.feeder());
    const std::vector<TapRun> runs = tap_runs(region, feeder, series);
    for (const TapRun& run : allocation.rows().columns().empty() ? std::vector<TapRun>{} : runs) {
        std::optional<FeederAllocation> own;
        if (runs.size() > 1) own.emplace(region, feeder, series, run, allocation.question());
        const FeederAllocation& linear = own ? *own : allocation;
        FeederAllocation::Workspace scratch = linear.workspace();
        const SecureFeeder secure(region, linear, settings_of_linearisation(linear.question().linearisation), scratch);
        for (std::size_t first = run.first; first < run.end; first += lane_count)
            linearise_pack(secure, series, first, numbers, limits, split);
    }
    limits.names = numbers.names();
    number_rows(allocation.rows().columns().size(), limits, split);
    return limits;
}

}  // namespace headroom
