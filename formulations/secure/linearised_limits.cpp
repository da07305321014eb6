#include "formulations/secure/linearised_limits.hpp"

#include <algorithm>
#include <limits>

#include "formulations/secure/linearised_rows.hpp"

namespace headroom {

LinearisedLimits::LinearisedLimits(const Region& region, const SeriesSet& series, const FeederAllocation& allocation)
    : steps_(allocation.step_count()) {
    if (allocation.rows().columns().empty()) return;
    FeederAllocation::Workspace scratch = allocation.workspace();
    const SecureFeeder feeder(region, allocation, settings_of_linearisation(allocation.question().linearisation),
                              scratch);
    std::vector<Split> split(steps_.size());
    for (std::size_t first = 0; first < steps_.size(); first += lane_count)
        linearise_pack(feeder, series, first, split);
    number_rows(split, allocation.rows().columns().size());
}

/// Names all rows that there could be, and splits those that can be filled.
void LinearisedLimits::linearise_pack(const SecureFeeder& feeder, const SeriesSet& series, std::size_t first,
                                      std::vector<Split>& split) {
    const AllocationQuestion& question = feeder.linear().question();
    const std::vector<AcBase> bases = bases_of(feeder.ac(), series, first, question);
    const std::vector<LinearisedStep> linear = linearise(feeder.ac(), bases);
    for (std::size_t lane = 0; lane < linear.size(); ++lane) {
        const std::size_t step = first + lane;
        steps_[step].has_rows = linear[lane].differentiable;
        const EnvelopeBox none = feeder.no_limits(bases[lane]), largest = feeder.largest(bases[lane], step);
        const std::vector<double> cap = feeder.linear().connection_caps(step);
        const std::vector<AcRow>& rows = linear[lane].rows;
        for (std::size_t r = names_.size(); r < rows.size(); ++r)
            names_.push_back({feeder.ac().limits().in_rows(static_cast<std::size_t>(rows[r].limit)), rows[r].side});
        for (std::size_t r = 0; r < rows.size(); ++r)
            if (can_fill(rows[r], largest))
                split[step].emplace(r, headroom::split(rows[r], feeder.columns(), none, cap, question.dust));
    }
}

/// Keeps the rows that some step needs.
void LinearisedLimits::number_rows(std::vector<Split>& split, std::size_t columns) {
    std::vector<char> needed(names_.size(), 0);
    for (const Split& rows : split)
        for (const auto& [r, row] : rows) needed[r] = 1;
    for (std::size_t step = 0; step < steps_.size(); ++step) {
        PackingRows& rows = steps_[step].rows;
        rows.limit_count = static_cast<int>(columns);
        for (std::size_t r = 0; r < needed.size(); ++r) {
            if (needed[r] == 0) continue;
            const auto own = split[step].find(r);
            steps_[step].room.push_back(own == split[step].end() ? std::numeric_limits<double>::infinity()
                                                                 : own->second.room);
            if (own != split[step].end())
                for (const auto& [column, value] : own->second.entries) {
                    rows.column.push_back(column);
                    rows.value.push_back(value);
                }
            rows.start.push_back(static_cast<std::int32_t>(rows.column.size()));
        }
        split[step].clear();
    }
    std::size_t next = 0;
    std::erase_if(names_, [&](const RowName&) { return needed[next++] == 0; });
}

HeldStep held(const FeederAllocation& allocation, const LinearisedLimits::Step& step, std::size_t lane,
              const FeederAllocation::Workspace& work) {
    const PackingRows& rows = step.rows;
    FeederAllocation::Workspace own = allocation.workspace(rows);
    own.start = work.start;
    for (std::size_t r = 0; r < step.room.size(); ++r) {
        const std::size_t at = r * lane_count + lane;
        own.rows.room[at] = std::max(step.room[r], 0.0);
        for (int e = rows.start[r]; e < rows.start[r + 1]; ++e)
            own.product[at] +=
                rows.value[static_cast<std::size_t>(e)]
                * own.start[static_cast<std::size_t>(rows.column[static_cast<std::size_t>(e)]) * lane_count + lane];
    }
    allocation.scale_starts(rows, lane, own);
    HeldStep result;
    for (std::size_t r = 0; r < step.room.size(); ++r) result.room.push_back(own.rows.room[r * lane_count + lane]);
    for (std::size_t c = 0; c < allocation.rows().columns().size(); ++c)
        result.start.push_back(own.start[c * lane_count + lane]);
    return result;
}

}  // namespace headroom
