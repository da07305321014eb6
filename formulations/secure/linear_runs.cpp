#include "formulations/secure/linear_runs.hpp"

namespace headroom {

LinearRuns::LinearRuns(const Region& region, std::int64_t feeder, const SeriesSet& series,
                       const AllocationQuestion& question) {
    for (const TapRun& run : tap_runs(region, feeder, series)) {
        Run& added = runs_.emplace_back();
        added.allocation = std::make_unique<FeederAllocation>(region, feeder, series, run, question);
        for (const RowName& name : added.allocation->rows().row_names()) added.place.push_back(numbers_.number(name));
    }
}

PackingRows LinearRuns::rows(const Run& run) const {
    const PackingRows& own = run.allocation->rows().rows();
    std::vector<int> row_of(names().size(), -1);
    for (std::size_t r = 0; r < run.place.size(); ++r) row_of[run.place[r]] = static_cast<int>(r);
    PackingRows all{.limit_count = own.limit_count, .column = {}, .value = {}};
    for (const int r : row_of) {
        for (std::int32_t e = r < 0 ? 0 : own.start[r]; r >= 0 && e < own.start[r + 1]; ++e) {
            all.column.push_back(own.column[e]);
            all.value.push_back(own.value[e]);
        }
        all.start.push_back(static_cast<std::int32_t>(all.column.size()));
    }
    return all;
}

}  // namespace headroom
