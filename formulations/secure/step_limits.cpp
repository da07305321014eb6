#include "formulations/secure/step_limits.hpp"

#include <algorithm>
#include <deque>
#include <limits>
#include <map>
#include <utility>

namespace headroom {
namespace {

/// Rows in their new order; those that nobody asks for have no entries.
/// @param place  [#row] its new number
PackingRows renumbered(const PackingRows& rows, const std::vector<std::size_t>& place, std::size_t count) {
    std::vector<int> old(count, -1);
    for (std::size_t r = 0; r < place.size(); ++r) old[place[r]] = static_cast<int>(r);
    PackingRows all{.limit_count = rows.limit_count, .column = {}, .value = {}};
    for (const int r : old) {
        for (std::int32_t e = r < 0 ? 0 : rows.start[r]; r >= 0 && e < rows.start[r + 1]; ++e) {
            all.column.push_back(rows.column[e]);
            all.value.push_back(rows.value[e]);
        }
        all.start.push_back(static_cast<std::int32_t>(all.column.size()));
    }
    return all;
}

/// Numbers the rows of one run after another: those of one name are one.
class RowNumbers {
public:
    std::vector<std::size_t> places(const std::vector<RowName>& names) {
        std::vector<std::size_t> places;
        for (const RowName& name : names) {
            const auto [known, is_new] = number_.try_emplace({name.limit, name.side}, names_.size());
            if (is_new) names_.push_back(name);
            places.push_back(known->second);
        }
        return places;
    }
    const std::vector<RowName>& names() const { return names_; }

private:
    std::map<std::pair<std::int32_t, std::int32_t>, std::size_t> number_;
    std::vector<RowName> names_;
};

/// Rooms of the base cases of a run.
void load_rooms(const FeederAllocation& of_run, const std::vector<std::size_t>& place,
                std::vector<StepLimits::Step>& steps) {
    FeederAllocation::Workspace work = of_run.workspace();
    for (std::size_t step = of_run.run().first; step < of_run.run().end; ++step) {
        const std::size_t lane = (step - of_run.run().first) % lane_count;
        if (lane == 0) of_run.load_pack(step, work);
        std::vector<double>& room = steps[step].room;
        for (std::size_t r = 0; r < place.size(); ++r) room[place[r]] = work.rows.room[r * lane_count + lane];
        steps[step].has_rows = true;
    }
}

}  // namespace

StepLimits limits_of_runs(const Region& region, std::int64_t feeder, const SeriesSet& series,
                          const AllocationQuestion& question) {
    const std::vector<TapRun> runs = tap_runs(region, feeder, series);
    std::deque<FeederAllocation> of_run;
    std::vector<std::vector<std::size_t>> place;
    RowNumbers numbers;
    for (const TapRun& run : runs) {
        of_run.emplace_back(region, feeder, series, run, question);
        place.push_back(numbers.places(of_run.back().rows().row_names()));
    }
    StepLimits limits{.names = numbers.names(), .sets = {}, .steps = {}};
    limits.steps.resize(series.step_count());
    for (std::size_t k = 0; k < runs.size(); ++k) {
        limits.sets.push_back(renumbered(of_run[k].rows().rows(), place[k], limits.names.size()));
        for (std::size_t step = runs[k].first; step < runs[k].end; ++step) {
            limits.steps[step].set = k;
            limits.steps[step].room.assign(limits.names.size(), std::numeric_limits<double>::infinity());
        }
        load_rooms(of_run[k], place[k], limits.steps);
    }
    return limits;
}

HeldStep held(const FeederAllocation& allocation, const StepLimits& limits, std::size_t step, std::size_t lane,
              const FeederAllocation::Workspace& work) {
    const PackingRows& rows = limits.rows(step);
    const std::vector<double>& room = limits.steps[step].room;
    FeederAllocation::Workspace own = allocation.workspace(rows);
    own.start = work.start;
    for (std::size_t r = 0; r < room.size(); ++r) {
        const std::size_t at = r * lane_count + lane;
        own.rows.room[at] = std::max(room[r], 0.0);
        for (int e = rows.start[r]; e < rows.start[r + 1]; ++e)
            own.product[at] +=
                rows.value[static_cast<std::size_t>(e)]
                * own.start[static_cast<std::size_t>(rows.column[static_cast<std::size_t>(e)]) * lane_count + lane];
    }
    allocation.scale_starts(rows, lane, own);
    HeldStep result;
    for (std::size_t r = 0; r < room.size(); ++r) result.room.push_back(own.rows.room[r * lane_count + lane]);
    for (std::size_t c = 0; c < allocation.rows().columns().size(); ++c)
        result.start.push_back(own.start[c * lane_count + lane]);
    return result;
}

}  // namespace headroom
