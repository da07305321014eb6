#include "formulations/flow/ac_leg_current.hpp"

#include <cmath>

namespace headroom {
namespace {

using Complex = std::complex<double>;

/// y(v), power over squared voltage per unit of the rated ones, and its derivative.
struct Law {
    double y, slope;
};

Law within(const std::array<double, 3>& share, double v) {
    return {share[0] + share[1] / v + share[2] / (v * v), -share[1] / (v * v) - 2 * share[2] / (v * v * v)};
}

Law law(const std::array<double, 3>& inside, const std::array<double, 3>& outside,
        const std::optional<LoadWindow>& window, double v) {
    if (!window || (v > window->v_min && v <= window->v_max)) return within(inside, v);
    const double high = window->v_max, low = window->v_low, span = window->v_min - low;
    if (v > high) return {outside[0] + outside[1] / high + outside[2] / (high * high), 0.0};
    if (v <= low) return {outside[0] + outside[1] + outside[2], 0.0};
    const double slope = outside[1] * (1 - low) / span + outside[2] * (1 / window->v_min - low) / span;
    const double rest = (outside[1] + outside[2]) * low - slope * low;  // y = z + (rest + slope v) / v
    return {outside[0] + slope + rest / v, -rest / (v * v)};
}

/// The admittance of what takes a current, and its derivative by the magnitude of the voltage, over that magnitude.
struct Admittance {
    Complex y, slope;
};

/// Power in proportion to the customer's.
Admittance of_load(const CustomerLeg& leg, const AcSettings& settings, Complex power, double magnitude) {
    const double rated = leg.rated_voltage;
    const Law p = law(leg.inside.p, leg.outside.p, settings.window, magnitude / rated);
    const Law q = law(leg.inside.q, leg.outside.q, settings.window, magnitude / rated);
    const double scale = leg.share / (rated * rated);
    return {{power.real() * scale * p.y, -power.imag() * scale * q.y},
            Complex(power.real() * p.slope, -power.imag() * q.slope) * (scale / rated / magnitude)};
}

Admittance of_curve(const VoltVarLaw& law, double power, double magnitude) {
    const auto [q, by_voltage] = law.at(magnitude, power);
    const double square = magnitude * magnitude;
    return {{0.0, -q / square}, {0.0, (2.0 * q / magnitude - by_voltage) / (square * magnitude)}};
}

}  // namespace

LegCurrent leg_current(const AcNetwork& net, const CustomerLeg& leg, const AcSettings& settings, Complex power,
                       Complex v) {
    const double magnitude = std::abs(v);
    auto [y, slope] = of_load(leg, settings, power, magnitude);
    if (leg.volt_var >= 0) {
        const Admittance curve = of_curve(net.volt_vars[leg.volt_var], leg.share * power.real(), magnitude);
        y += curve.y;
        slope += curve.slope;
    }
    // d |v| / d re = re / |v|
    return {y * v, y + v * (slope * v.real()), y * Complex(0.0, 1.0) + v * (slope * v.imag())};
}

std::array<Complex, 2> leg_by_power(const CustomerLeg& leg, const AcSettings& settings, Complex v) {
    // Currents of loads are linear in the power at rated voltage.
    return {of_load(leg, settings, {1.0, 0.0}, std::abs(v)).y * v,
            of_load(leg, settings, {0.0, 1.0}, std::abs(v)).y * v};
}

}  // namespace headroom
