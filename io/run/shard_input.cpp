#include "io/run/shard_input.hpp"

#include <algorithm>

#include "formulations/network/validate.hpp"
#include "io/case/case_file.hpp"
#include "io/errors.hpp"

namespace headroom {
namespace {

/// [#feeder] the first fault of each; one of the file, or any where the case must be whole, ends the run.
std::vector<std::string> faults_of(const Region& region, const RowOrigin& origin, const std::string& case_path,
                                   bool strict) {
    std::vector<Fault> found = validate(region);
    origin.restore(found);
    if (std::ranges::any_of(found, [strict](const Fault& fault) { return fault.feeder < 0 || strict; }))
        throw InputError(case_path + ": " + summarise(found), messages(found));
    return first_faults(found, region.feeder_count());
}

}  // namespace

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
    input.faults = faults_of(input.region, origin, plan.case_path, strict);
    return input;
}

}  // namespace headroom
