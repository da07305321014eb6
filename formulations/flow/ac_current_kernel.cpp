// Currents of customers at given voltages, eight scenarios at once; ac_power_flow.md. Compiled once per set.

#include "formulations/flow/ac_current_kernel.hpp"

#include "solver/lanes/lanes.hpp"

namespace headroom::HEADROOM_SIMD_NAMESPACE {
namespace {

constexpr int W = 8, slot = 2 * W;

struct ComplexLanes {
    Lanes re, im;
};

inline ComplexLanes load_complex(const double* at) { return {load(at), load(at + W)}; }

inline void add_to(double* at, ComplexLanes value) {
    store(at, load(at) + value.re);
    store(at + W, load(at + W) + value.im);
}
inline void take_from(double* at, ComplexLanes value) {
    store(at, load(at) - value.re);
    store(at + W, load(at + W) - value.im);
}

inline Lanes squared(ComplexLanes v) { return fused(v.re, v.re, v.im * v.im); }

/// (g - j b) v
inline ComplexLanes current(Lanes g, Lanes b, ComplexLanes v) {
    return {fused(g, v.re, b * v.im), fused(g, v.im, -(b * v.re))};
}

/// conj(S / v) = conj(S) v / |v|^2
inline ComplexLanes constant_power(const AcCurrentView& view, int customer, double share, ComplexLanes v) {
    const Lanes inverse = spread(share) / squared(v);
    return current(load(view.p + customer * W) * inverse, load(view.q + customer * W) * inverse, v);
}

void inject_to_ground(const AcCurrentView& view, double* right) {
    const ConstantLegs& legs = view.to_ground;
    for (int e = 0; e < legs.count; ++e) {
        const int head = legs.head[e] * slot;
        const ComplexLanes v = load_complex(view.voltage + head);
        add_to(right + head, constant_power(view, legs.customer[e], legs.share[e], v));
    }
}

inline ComplexLanes difference(const AcCurrentView& view, int head, int tail) {
    const ComplexLanes a = load_complex(view.voltage + head), b = load_complex(view.voltage + tail);
    return {a.re - b.re, a.im - b.im};
}

void inject_between(const AcCurrentView& view, double* right) {
    const ConstantLegs& legs = view.between;
    for (int e = 0; e < legs.count; ++e) {
        const int head = legs.head[e] * slot, tail = legs.tail[e] * slot;
        const ComplexLanes i = constant_power(view, legs.customer[e], legs.share[e], difference(view, head, tail));
        add_to(right + head, i);
        take_from(right + tail, i);
    }
}

/// What a window's law needs of a voltage.
struct Magnitude {
    Lanes v, inverse;  // per unit of the rated voltage
    Mask low, below, above;
};

/// Power over squared voltage, both per unit of the rated ones: z + i / v + p / v^2 and what replaces it outside.
inline Lanes admittance(const VoltageLegs& legs, const Magnitude& m, const double* inside, const double* outside) {
    const Lanes within = fused(fused(spread(inside[2]), m.inverse, spread(inside[1])), m.inverse, spread(inside[0]));
    const double above = outside[0] + outside[1] / legs.v_max + outside[2] / (legs.v_max * legs.v_max);
    const double span = legs.v_min - legs.v_low;
    const double slope_i = span > 0 ? (1 - legs.v_low) / span : 0;
    const double slope_p = span > 0 ? (1 / legs.v_min - legs.v_low) / span : 0;
    const Lanes step = m.v - spread(legs.v_low);
    const Lanes falling = fused(spread(outside[1] * slope_i + outside[2] * slope_p), step,
                                spread((outside[1] + outside[2]) * legs.v_low));
    const Lanes below = fused(falling, m.inverse, spread(outside[0]));
    const Lanes low = spread(outside[0] + outside[1] + outside[2]);
    return select(m.low, low, select(m.below, below, select(m.above, spread(above), within)));
}

void inject_voltage_legs(const AcCurrentView& view, double* right) {
    const VoltageLegs& legs = view.voltage_legs;
    for (int e = 0; e < legs.count; ++e) {
        const int head = legs.head[e] * slot, tail = legs.tail[e] * slot, customer = legs.customer[e];
        const ComplexLanes v = difference(view, head, tail);
        const Lanes inverse_rated = spread(legs.inverse_rated[e]);
        Magnitude m{};
        m.v = root(squared(v)) * inverse_rated;
        m.inverse = spread(1) / m.v;
        m.low = m.v <= spread(legs.v_low);
        m.below = m.v <= spread(legs.v_min);
        m.above = spread(legs.v_max) < m.v;
        const double *inside = legs.inside + 6 * e, *outside = legs.outside + 6 * e;
        const Lanes scale = spread(legs.share[e]) * inverse_rated * inverse_rated;
        const Lanes g = load(view.p + customer * W) * scale * admittance(legs, m, inside, outside);
        const Lanes b = load(view.q + customer * W) * scale * admittance(legs, m, inside + 3, outside + 3);
        const ComplexLanes i = current(g, b, v);
        add_to(right + head, i);
        take_from(right + tail, i);
    }
}

}  // namespace

void ac_current_kernel(const AcCurrentView& view) {
    for (int s = 0; s < 2 * (view.end - view.first); ++s) store(view.right + s * W, spread(0));
    double* right = view.right - view.first * slot;
    for (int f = 0; f < view.fixed_count; ++f)
        add_to(right + view.fixed_slot[f] * slot, load_complex(view.fixed + f * slot));
    inject_to_ground(view, right);
    inject_between(view, right);
    inject_voltage_legs(view, right);
}

}  // namespace headroom::HEADROOM_SIMD_NAMESPACE
