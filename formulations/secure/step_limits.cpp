#include "formulations/secure/step_limits.hpp"

#include <algorithm>
#include <limits>

namespace headroom {
namespace {

/// Rooms of the base cases of a run.
void load_rooms(const LinearRuns::Run& run, std::size_t row_count, std::vector<StepLimits::Step>& steps) {
    const FeederAllocation& allocation = *run.allocation;
    FeederAllocation::Workspace work = allocation.workspace();
    for (std::size_t step = allocation.run().first; step < allocation.run().end; ++step) {
        const std::size_t lane = (step - allocation.run().first) % lane_count;
        if (lane == 0) allocation.load_pack(step, work);
        std::vector<double>& room = steps[step].room;
        room.assign(row_count, std::numeric_limits<double>::infinity());
        for (std::size_t r = 0; r < run.place.size(); ++r) room[run.place[r]] = work.rows.room[r * lane_count + lane];
        steps[step].has_rows = true;
    }
}

}  // namespace

StepLimits limits_of_runs(const LinearRuns& runs) {
    StepLimits limits{.names = runs.names(), .sets = {}, .steps = {}};
    limits.steps.resize(runs.runs().back().allocation->run().end);
    for (const LinearRuns::Run& run : runs.runs()) {
        load_rooms(run, limits.names.size(), limits.steps);
        for (std::size_t step = run.allocation->run().first; step < run.allocation->run().end; ++step)
            limits.steps[step].set = limits.sets.size();
        limits.sets.push_back(runs.rows(run));
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
