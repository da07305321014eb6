#include "io/import/power_grid_model/source_model.hpp"

#include <cmath>

namespace headroom::pgm {

SourceModel source_model(const Component& component, int bus, double base_voltage) {
    constexpr double usual_power = 1e10, usual_ratio = 0.1;
    const double sk = component.number_or_infinite("sk", usual_power);
    if (!(sk > 0.0)) component.fail("sk must be positive");
    const double ratio = component.not_negative("rx_ratio", usual_ratio);
    const double zero_ratio = component.number("z01_ratio", 1.0);
    if (!(zero_ratio > 0.0)) component.fail("z01_ratio must be positive");
    const double x = 3.0 * base_voltage * base_voltage / sk / std::hypot(ratio, 1.0);
    const Complex z(ratio * x, x);
    return {component.name(), bus,
            std::polar(component.positive("u_ref") * base_voltage, component.number("u_ref_angle", 0.0)), z,
            zero_ratio * z};
}

void join(SourceModel& first, const SourceModel& other) {
    const Complex y = 1.0 / first.z, other_y = 1.0 / other.z;
    first.voltage = (y * first.voltage + other_y * other.voltage) / (y + other_y);
    first.z = 1.0 / (y + other_y);
    first.zero = 1.0 / (1.0 / first.zero + 1.0 / other.zero);
}

}  // namespace headroom::pgm
