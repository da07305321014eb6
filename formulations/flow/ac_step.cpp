#include "formulations/flow/ac_step.hpp"

#include <cmath>
#include <numbers>

namespace headroom {

AcPoint forecast_point(const Region& region, std::int64_t feeder, const SeriesSet& series, std::size_t step) {
    AcPoint point;
    const auto row = [&](std::int64_t customer) {
        return static_cast<std::ptrdiff_t>(step * region.customer_count()) + customer;
    };
    const std::int64_t first = region.feeder.customer_offset[feeder], end = region.feeder.customer_offset[feeder + 1];
    point.p.assign(series.p_forecast.begin() + row(first), series.p_forecast.begin() + row(end));
    point.q.assign(series.q_forecast.begin() + row(first), series.q_forecast.begin() + row(end));
    for (std::size_t phase = 0; phase < 3; ++phase) {
        const std::size_t at = (step * region.feeder_count() + static_cast<std::size_t>(feeder)) * 3 + phase;
        const double angle = series.slack_angle[at] * std::numbers::pi / 180.0;
        point.slack[phase] = {series.slack_voltage[at] * std::cos(angle), series.slack_voltage[at] * std::sin(angle)};
    }
    return point;
}

void set_lane(const AcPoint& point, int lane, AcInputs& inputs) {
    const auto l = static_cast<std::size_t>(lane);
    for (std::size_t c = 0; c < point.p.size(); ++c) {
        inputs.p[lane_count * c + l] = point.p[c];
        inputs.q[lane_count * c + l] = point.q[c];
    }
    for (std::size_t phase = 0; phase < 3; ++phase) {
        inputs.slack_voltage[2 * lane_count * phase + l] = point.slack[phase].real();
        inputs.slack_voltage[(2 * phase + 1) * lane_count + l] = point.slack[phase].imag();
    }
}

void set_lane(const Region& region, const AcNetwork& net, const SeriesSet& series, std::size_t step, int lane,
              AcInputs& inputs) {
    set_lane(forecast_point(region, net.feeder, series, step), lane, inputs);
}

}  // namespace headroom
