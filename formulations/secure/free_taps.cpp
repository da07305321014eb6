#include "formulations/secure/free_taps.hpp"

#include <algorithm>
#include <limits>

#include "formulations/network/feeder_tree.hpp"

namespace headroom {
namespace {

Region network_of(const Region& region) {
    Region network;
    network.feeder = region.feeder;
    network.bus = region.bus;
    network.line_code = region.line_code;
    network.transformer = region.transformer;
    network.tap_control = region.tap_control;
    network.branch = region.branch;
    network.shunt = region.shunt;
    network.customer = region.customer;
    network.volt_var = region.volt_var;
    return network;
}

}  // namespace

FreeTaps::FreeTaps(const Region& region, std::int64_t feeder, const SecurityRows& rows,
                   const AcFeederSettings& settings)
    : region_(network_of(region)),
      feeder_(feeder),
      rows_(rows),
      settings_(settings),
      held_(region.transformer.to_tap) {}

double FreeTaps::excess(const AcPoint& point) {
    constexpr double none = std::numeric_limits<double>::infinity();
    region_.transformer.to_tap = held_;
    const AcSettings flow{.tolerance = settings_.flow_tolerance, .window = settings_.window};
    try {
        if (settle_taps(region_, feeder_, point, {.flow = flow}).status != TapStatus::settled) return none;
        return excess_at_taps(point);
    } catch (const InvalidFeeder&) {
        return none;  // no factor of the feeder at the taps reached
    }
}

double FreeTaps::excess_at_taps(const AcPoint& point) const {
    constexpr double none = std::numeric_limits<double>::infinity();
    const AcFeeder feeder(region_, feeder_, rows_, {}, settings_);
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
