#include "io/run/shard_input.hpp"

#include <algorithm>

#include "formulations/network/validate.hpp"
#include "io/case/case_file.hpp"
#include "io/errors.hpp"

namespace headroom {

std::vector<std::string> shard_faults(const std::vector<Fault>& found, std::size_t feeder_count,
                                      const std::string& source, bool strict) {
    if (std::ranges::any_of(found, [strict](const Fault& fault) { return fault.feeder < 0 || strict; }))
        throw InputError(source + ": " + summarise(found), messages(found));
    return first_faults(found, feeder_count);
}

ShardInput read_feeders(const RunPlan& plan, const ShardTask& task, std::int64_t first_feeder,
                        std::int64_t feeder_count, bool strict) {
    ShardInput input;
    input.first_feeder = first_feeder;
    RowOrigin origin;
    input.region = read_case(plan.case_path,
                             {.series = plan.note("series"),
                              .orders = task.orders,
                              .feeder_first = static_cast<std::size_t>(first_feeder),
                              .feeder_count = static_cast<std::size_t>(feeder_count)},
                             origin);
    std::vector<Fault> found = validate(input.region);
    origin.restore(found);
    input.faults = shard_faults(found, input.region.feeder_count(), plan.case_path, strict);
    return input;
}

}  // namespace headroom
