#include "formulations/flow/ac_step.hpp"

#include <cmath>
#include <numbers>

namespace headroom {

void set_lane(const Region& region, const AcNetwork& net, const SeriesSet& series, std::size_t step, int lane,
              AcInputs& inputs) {
    const std::size_t first = step * region.customer_count() + static_cast<std::size_t>(net.customer_first);
    for (std::int64_t c = 0; c < net.customer_count; ++c) {
        inputs.p[lane_count * c + lane] = series.p_forecast[first + static_cast<std::size_t>(c)];
        inputs.q[lane_count * c + lane] = series.q_forecast[first + static_cast<std::size_t>(c)];
    }
    for (std::size_t phase = 0; phase < 3; ++phase) {
        const std::size_t at = (step * region.feeder_count() + static_cast<std::size_t>(net.feeder)) * 3 + phase;
        const double angle = series.slack_angle[at] * std::numbers::pi / 180.0;
        inputs.slack_voltage[2 * lane_count * phase + lane] = series.slack_voltage[at] * std::cos(angle);
        inputs.slack_voltage[(2 * phase + 1) * lane_count + lane] = series.slack_voltage[at] * std::sin(angle);
    }
}

}  // namespace headroom
