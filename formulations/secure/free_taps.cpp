#include "formulations/secure/free_taps.hpp"

#include <algorithm>
#include <limits>

#include "formulations/network/feeder_tree.hpp"

namespace headroom {

FreeTaps::FreeTaps(const Region& region, std::int64_t feeder, const SecurityRows& rows,
                   const AcFeederSettings& settings)
    : region_(region),
      feeder_(feeder),
      rows_(rows),
      settings_(settings),
      controls_(region, feeder, settings.taps,
                {.flow = {.tolerance = settings.flow_tolerance, .window = settings.window}}),
      held_(controls_.taps().begin(), controls_.taps().end()) {}

double FreeTaps::excess(const AcPoint& point) {
    constexpr double none = std::numeric_limits<double>::infinity();
    controls_.put_back(held_);
    try {
        if (controls_.settle(point).status != TapStatus::settled) return none;
        return excess_at_taps(point);
    } catch (const InvalidFeeder&) {
        return none;  // no factor of the feeder at the taps reached
    }
}

double FreeTaps::excess_at_taps(const AcPoint& point) const {
    constexpr double none = std::numeric_limits<double>::infinity();
    AcFeederSettings settings = settings_;
    settings.taps = controls_.taps();
    const AcFeeder feeder(region_, feeder_, rows_, {}, settings);
    AcInputs inputs = feeder.flow().inputs();
    AcLanes lanes = feeder.flow().lanes();
    WatchedLimits::Workspace work = feeder.limits().workspace();
    inputs.count = 1;
    set_lane(point, 0, inputs);
    feeder.flow().solve_swept(inputs, lanes);
    if (lanes.lane[0].status != AcStatus::converged) return none;
    feeder.limits().evaluate(inputs, lanes, work);
    double largest = -none;
    for (std::size_t limit = 0; limit < feeder.limits().size(); ++limit)
        largest = std::max(largest, work.excess[limit * lane_count]);
    return largest;
}

}  // namespace headroom
