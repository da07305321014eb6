// Currents of customers at given voltages, eight scenarios at once; ac_power_flow.md. Compiled once per set.

#include "formulations/flow/ac_current_kernel.hpp"

#include "formulations/flow/ac_curve_lanes.hpp"
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
inline ComplexLanes constant_power(const double* power, ComplexLanes v) {
    const Lanes inverse = spread(1) / squared(v);
    return current(load(power) * inverse, load(power + W) * inverse, v);
}

/// Every slot is written once before anything is added: where it has a constant load to ground, by that.
void begin(const AcCurrentView& view, double* right) {
    for (int k = 0; k < view.bare_count; ++k) {
        store(right + view.bare_slot[k] * slot, spread(0));
        store(right + view.bare_slot[k] * slot + W, spread(0));
    }
    const ConstantLoads& loads = view.to_ground;
    for (int k = 0; k < loads.count; ++k) {
        const int head = loads.head[k] * slot;
        const ComplexLanes i = constant_power(loads.power + k * slot, load_complex(view.voltage + head));
        store(right + head, i.re);
        store(right + head + W, i.im);
    }
}

inline ComplexLanes difference(const AcCurrentView& view, int head, int tail) {
    const ComplexLanes a = load_complex(view.voltage + head), b = load_complex(view.voltage + tail);
    return {a.re - b.re, a.im - b.im};
}

void inject_between(const AcCurrentView& view, double* right) {
    const ConstantLoads& loads = view.between;
    for (int k = 0; k < loads.count; ++k) {
        const int head = loads.head[k] * slot, tail = loads.tail[k] * slot;
        const ComplexLanes i = constant_power(loads.power + k * slot, difference(view, head, tail));
        add_to(right + head, i);
        take_from(right + tail, i);
    }
}

/// Magnitude of a voltage per unit of the rated one, and where it stands in the window.
struct Magnitude {
    Lanes v, inverse;
    Mask low, below, above;
};

/// z + i / v + p / v^2.
inline Lanes within(const Magnitude& m, const double* shares) {
    return fused(fused(load(shares + 2 * slot), m.inverse, load(shares + slot)), m.inverse, load(shares));
}

/// What takes its place outside the window.
inline Lanes windowed(const VoltageLoads& loads, const Magnitude& m, Lanes inside, const double* shares) {
    const Lanes z = load(shares), i = load(shares + slot), p = load(shares + 2 * slot), least = spread(loads.v_low);
    const double high = 1 / loads.v_max, span = loads.v_min - loads.v_low;
    const Lanes above = fused(fused(p, spread(high), i), spread(high), z);
    const Lanes slope = fused(p, spread((1 / loads.v_min - loads.v_low) / span), i * spread((1 - loads.v_low) / span));
    const Lanes below = fused(fused(slope, m.v - least, (i + p) * least), m.inverse, z);
    return select(m.low, z + i + p, select(m.below, below, select(m.above, above, inside)));
}

void inject_voltage_loads(const AcCurrentView& view, double* right) {
    const VoltageLoads& loads = view.voltage_loads;
    for (int k = 0; k < loads.count; ++k) {
        const int head = loads.head[k] * slot, tail = loads.tail[k] * slot;
        const ComplexLanes v = difference(view, head, tail);
        Magnitude m{};
        m.v = root(squared(v)) * spread(loads.inverse_rated[k]);
        m.inverse = spread(1) / m.v;
        const double* inside = loads.inside + 6 * W * k;
        Lanes g = within(m, inside), b = within(m, inside + W);
        if (loads.outside != nullptr) {
            m.low = m.v <= spread(loads.v_low);
            m.below = m.v <= spread(loads.v_min);
            m.above = spread(loads.v_max) < m.v;
            g = windowed(loads, m, g, loads.outside + 6 * W * k);
            b = windowed(loads, m, b, loads.outside + 6 * W * k + W);
        }
        const ComplexLanes i = current(g, b, v);
        add_to(right + head, i);
        take_from(right + tail, i);
    }
}

/// dQ/d|v| of a curve that takes back: where it is, or between here and where it was in the sweep before, whichever is
/// steeper. On the flat ends of a steep curve it is the second that keeps sweeps from going to and fro.
inline Lanes steepest(const CurveLoads& loads, int k, Lanes size, Lanes wanted, Lanes slope) {
    constexpr double told = 1e-6;  // per unit: a smaller change of voltage says nothing
    double* row = loads.q + curve_rows * W * k;
    const Lanes change = size - load(row + curve_before * W), zero = spread(0);
    const Lanes between = (wanted - load(row + curve_wanted_before * W)) / change;
    const Mask known =
        loads.sweep <= 1 ? zero < zero : spread(told) < magnitude(change) * spread(loads.inverse_base[k]);
    store(row + curve_before * W, size);
    store(row + curve_wanted_before * W, wanted);
    return minimum(select(known, minimum(between, slope), slope), zero);
}

/// -j Q v / |v|^2
void inject_curves(const AcCurrentView& view, double* right) {
    const CurveLoads& loads = view.curves;
    const auto across = [&](int k) { return difference(view, loads.head[k] * slot, loads.tail[k] * slot); };
    for (int k = 0; k < loads.count; ++k) {
        const Lanes size = root(squared(across(k)));
        const CurvePoint at = curve_point(loads, k, size);
        const Lanes reach = curve_reach(loads, k, at.y), wanted = at.y * reach;
        double* row = loads.q + curve_rows * W * k;
        store(row + curve_wanted * W, wanted);
        if (loads.response == nullptr) continue;
        const Lanes slope = at.slope * reach * spread(loads.inverse_base[k]);
        store(row + curve_slope * W, steepest(loads, k, size, wanted, slope));
    }
    answer(loads, loads.q, false);
    for (int k = 0; k < loads.count; ++k) {
        const ComplexLanes v = across(k);
        const ComplexLanes i = current(spread(0), load(loads.q + curve_rows * W * k) / squared(v), v);
        add_to(right + loads.head[k] * slot, i);
        take_from(right + loads.tail[k] * slot, i);
    }
}

}  // namespace

void ac_current_kernel(const AcCurrentView& view) {
    double* right = view.right - view.first * slot;
    begin(view, right);
    for (int f = 0; f < view.fixed_count; ++f)
        add_to(right + view.fixed_slot[f] * slot, load_complex(view.fixed + f * slot));
    inject_between(view, right);
    inject_voltage_loads(view, right);
    inject_curves(view, right);
}

void ac_load_sum_kernel(const LoadSumView& view) {
    int e = 0;
    for (int s = 0; s < view.count; ++s) {
        const double* power = s % 2 == 0 ? view.p : view.q;
        Lanes sum = spread(0);
        for (; e < view.end[s]; ++e) sum = fused(spread(view.factor[e]), load(power + view.customer[e] * W), sum);
        store(view.sum + s * W, sum);
    }
}

}  // namespace headroom::HEADROOM_SIMD_NAMESPACE
