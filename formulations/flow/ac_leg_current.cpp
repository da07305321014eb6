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

}  // namespace

LegCurrent leg_current(const CustomerLeg& leg, const AcSettings& settings, Complex power, Complex v) {
    const double magnitude = std::abs(v), rated = leg.rated_voltage;
    const Law p = law(leg.inside.p, leg.outside.p, settings.window, magnitude / rated);
    const Law q = law(leg.inside.q, leg.outside.q, settings.window, magnitude / rated);
    const double scale = leg.share / (rated * rated);
    const Complex y(power.real() * scale * p.y, -power.imag() * scale * q.y);
    // d y / d |v|, along d |v| / d re = re / |v|
    const Complex slope = Complex(power.real() * p.slope, -power.imag() * q.slope) * (scale / rated / magnitude);
    return {y * v, y + v * (slope * v.real()), y * Complex(0.0, 1.0) + v * (slope * v.imag())};
}

}  // namespace headroom
