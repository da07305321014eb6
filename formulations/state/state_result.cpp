#include "formulations/state/state_result.hpp"

#include "formulations/network/region.hpp"

namespace headroom {

void StateResult::resize(std::size_t steps, std::size_t feeders) {
    step_count = steps;
    feeder_count = feeders;
    status.assign(item_count(), StateStatus::invalid_input);
    for (std::vector<double>* values :
         {&lowest_voltage, &highest_voltage, &highest_loading, &loss, &head_power, &head_reactive_power, &mismatch})
        values->assign(item_count(), not_given);
    for (std::vector<std::int32_t>* values : {&lowest_row, &highest_row, &fullest_row, &mismatch_terminal})
        values->assign(item_count(), -1);
    outside_band.assign(item_count(), 0);
    over_rating.assign(item_count(), 0);
    idle_customers.assign(feeders, 0);
    feeder_fault.assign(feeders, "");
}

std::uint64_t StateBlock::bytes(std::size_t steps, std::int64_t terminals, std::int64_t branches) {
    return static_cast<std::uint64_t>(2 * terminals + conductor_count * branches) * steps * sizeof(double);
}

}  // namespace headroom
