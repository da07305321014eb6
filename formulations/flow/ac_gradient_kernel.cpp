// Adjoint sweeps around customers, eight gradients at once; ac_gradient.md. Compiled once per instruction set.

#include "formulations/flow/ac_gradient_kernel.hpp"

#include "formulations/flow/ac_curve_lanes.hpp"
#include "solver/lanes/lanes.hpp"

namespace headroom::HEADROOM_SIMD_NAMESPACE {
namespace {

constexpr int W = 8, slot = 2 * W;

struct ComplexLanes {
    Lanes re, im;
};

inline ComplexLanes load_complex(const double* at) { return {load(at), load(at + W)}; }
inline void store_complex(double* at, ComplexLanes value) {
    store(at, value.re);
    store(at + W, value.im);
}
inline ComplexLanes plus(ComplexLanes a, ComplexLanes b) { return {a.re + b.re, a.im + b.im}; }
inline ComplexLanes minus(ComplexLanes a, ComplexLanes b) { return {a.re - b.re, a.im - b.im}; }
inline ComplexLanes times(ComplexLanes a, ComplexLanes b) {
    return {fused(a.re, b.re, -(a.im * b.im)), fused(a.re, b.im, a.im * b.re)};
}
inline ComplexLanes times_conjugate(ComplexLanes a, ComplexLanes b) {
    return {fused(a.re, b.re, a.im * b.im), fused(a.im, b.re, -(a.re * b.im))};
}

inline ComplexLanes across(const double* array, int head, int tail) {
    return minus(load_complex(array + head * slot), load_complex(array + tail * slot));
}

/// v^2 / |v|^2 conjugated, and 1 / |v|^2.
struct Turn {
    ComplexLanes back;
    Lanes inverse;
};
inline __attribute__((always_inline)) Turn turn(ComplexLanes v) {
    const Lanes inverse = spread(1) / fused(v.re, v.re, v.im * v.im);
    const Lanes twice = v.re * v.im * inverse;
    return {{fused(v.re, v.re, -(v.im * v.im)) * inverse, -(twice + twice)}, inverse};
}

/// b = -S / v^2
inline void constant_slope(const double* power, ComplexLanes v, double* slope) {
    const Turn t = turn(v);
    const ComplexLanes b = times({load(power), load(power + W)}, t.back);
    store_complex(slope, {-(b.re * t.inverse), -(b.im * t.inverse)});
}

/// The window in which loads keep their model.
struct Window {
    double v_min, v_max, v_low;
};

/// Where the magnitude of a voltage, per unit of the rated one, stands in the window.
struct Place {
    Mask low, below, above;
    Place(Lanes v, const Window& window)
        : low(v <= spread(window.v_low)), below(v <= spread(window.v_min)), above(spread(window.v_max) < v) {}
};

/// z + i / m + p / m^2 as it holds at a voltage.
struct Law {
    Lanes z, i, p;
};

/// Outside the window the law is a constant or one of impedance and current.
inline Law windowed(const Window& window, const Place& place, Law inside, Law outside) {
    const auto& [z, i, p] = outside;
    const double high = 1 / window.v_max, span = window.v_min - window.v_low;
    const Lanes above = fused(fused(p, spread(high), i), spread(high), z);
    const Lanes slope =
        fused(p, spread((1 / window.v_min - window.v_low) / span), i * spread((1 - window.v_low) / span));
    const Lanes rest = (i + p - slope) * spread(window.v_low), zero = spread(0);
    const auto pick = [&](Lanes low, Lanes below, Lanes high_one, Lanes within) {
        return select(place.low, low, select(place.below, below, select(place.above, high_one, within)));
    };
    return {pick(z + i + p, z + slope, above, inside.z), pick(zero, rest, zero, inside.i),
            pick(zero, zero, zero, inside.p)};
}

inline Law load_law(const double* shares) { return {load(shares), load(shares + slot), load(shares + 2 * slot)}; }

/// a and b of one load whose power depends on voltage: with I = y v, y = g - j b and e = v / |v|,
/// a = z + i / 2 m and b = conj(e)^2 (-i / 2 m - p / m^2), conjugated as its P and Q are.
void voltage_slope(const VoltageLoads& loads, int k, ComplexLanes v, double* slope) {
    const Turn t = turn(v);
    const Lanes inverse = root(t.inverse) / spread(loads.inverse_rated[k]);
    const double* inside = loads.inside + 6 * W * k;
    Law g = load_law(inside), b = load_law(inside + W);
    if (loads.outside != nullptr) {
        const Window window{loads.v_min, loads.v_max, loads.v_low};
        const Lanes squared = fused(v.re, v.re, v.im * v.im);
        const Place place(root(squared) * spread(loads.inverse_rated[k]), window);
        g = windowed(window, place, g, load_law(loads.outside + 6 * W * k));
        b = windowed(window, place, b, load_law(loads.outside + 6 * W * k + W));
    }
    const Lanes half = spread(0.5) * inverse;
    const auto falling = [&](const Law& law) { return -(fused(law.i, half, law.p * inverse * inverse)); };
    store_complex(slope, {fused(g.i, half, g.z), -(fused(b.i, half, b.z))});
    store_complex(slope + slot, times({falling(g), falling(b)}, t.back));
}

/// What makes a and b of one Volt-VAr curve: Q / |v|^2, Q' / |v| and e = v / |v|.
void curve_slopes(const CurveLoads& loads, int k, ComplexLanes v, double* slope) {
    const Lanes size = root(fused(v.re, v.re, v.im * v.im)), inverse = spread(1) / size;
    const auto [y, by_relative] = curve_point(loads, k, size);
    const Lanes reach = curve_reach(loads, k, y);
    store_complex(slope,
                  {y * reach * inverse * inverse, by_relative * reach * spread(loads.inverse_base[k]) * inverse});
    store_complex(slope + slot, {v.re * inverse, v.im * inverse});
}

inline ComplexLanes constant_answer(const AcAdjointView& view, int k, ComplexLanes m) {
    return times_conjugate(load_complex(view.constant_slope + k * slot), m);
}

/// The largest |M|^2 so far.
inline void measure(const AcAdjointView& view, int head, ComplexLanes m, Lanes& largest) {
    const Lanes scale = spread(view.inverse_base[head]);
    largest = maximum(fused(m.re, m.re, m.im * m.im) * (scale * scale), largest);
}

inline void add_across(double* right, int head, int tail, ComplexLanes value) {
    store_complex(right + head * slot, plus(load_complex(right + head * slot), value));
    store_complex(right + tail * slot, minus(load_complex(right + tail * slot), value));
}

}  // namespace

void ac_slope_kernel(const AcAdjointView& view) {
    const AcCurrentView& at = view.loads;
    double* slope = view.constant_slope;
    for (int k = 0; k < at.to_ground.count; ++k, slope += slot)
        constant_slope(at.to_ground.power + k * slot, load_complex(at.voltage + at.to_ground.head[k] * slot), slope);
    for (int k = 0; k < at.between.count; ++k, slope += slot)
        constant_slope(at.between.power + k * slot, across(at.voltage, at.between.head[k], at.between.tail[k]), slope);
    const VoltageLoads& loads = at.voltage_loads;
    for (int k = 0; k < loads.count; ++k)
        voltage_slope(loads, k, across(at.voltage, loads.head[k], loads.tail[k]), view.voltage_slope + 2 * slot * k);
    slope = view.voltage_slope + 2 * slot * loads.count;
    for (int k = 0; k < at.curves.count; ++k, slope += 2 * slot)
        curve_slopes(at.curves, k, across(at.voltage, at.curves.head[k], at.curves.tail[k]), slope);
}

/// Turned back by e = v / |v|, a curve's part is x - (beta + j alpha) Q / |v|^2 where M e = alpha + j beta: the real
/// x = Q' beta / |v| goes on as Q does in flows.
void answer_curves(const AcAdjointView& view, const double* slope, double* right, Lanes& largest) {
    const CurveLoads& curves = view.loads.curves;
    const auto turned = [&](int k) {
        return times(across(view.adjoint, curves.head[k], curves.tail[k]), load_complex(slope + (2 * k + 1) * slot));
    };
    for (int k = 0; k < curves.count; ++k) {
        const ComplexLanes m = turned(k);
        measure(view, curves.head[k], m, largest);
        const Lanes steepness = load(slope + 2 * k * slot + W);
        double* row = view.curve_answer + curve_rows * W * k;
        store(row + curve_wanted * W, steepness * m.im);
        if (curves.response != nullptr)
            store(row + curve_slope * W, minimum(steepness * spread(1 / curves.inverse_base[k]), spread(0)));
    }
    answer(curves, view.curve_answer, true);
    for (int k = 0; k < curves.count; ++k) {
        const ComplexLanes m = turned(k), e = load_complex(slope + (2 * k + 1) * slot);
        const Lanes over = load(slope + 2 * k * slot), x = load(view.curve_answer + curve_rows * W * k);
        const ComplexLanes part{fused(-over, m.im, x), -(over * m.re)};
        add_across(right, curves.head[k], curves.tail[k], times_conjugate(part, e));
    }
}

/// Every slot is written once before anything is added: where it has a constant load to ground, with that.
void ac_adjoint_kernel(const AcAdjointView& view) {
    const AcCurrentView& at = view.loads;
    double* right = at.right - at.first * slot;
    const double* seed = view.seed - at.first * slot;
    Lanes largest = spread(0);
    for (int k = 0; k < at.bare_count; ++k)
        store_complex(right + at.bare_slot[k] * slot, load_complex(seed + at.bare_slot[k] * slot));
    for (int k = 0; k < at.to_ground.count; ++k) {
        const int head = at.to_ground.head[k] * slot;
        const ComplexLanes m = load_complex(view.adjoint + head);
        measure(view, at.to_ground.head[k], m, largest);
        store_complex(right + head, plus(load_complex(seed + head), constant_answer(view, k, m)));
    }
    for (int k = 0; k < at.between.count; ++k) {
        const int head = at.between.head[k], tail = at.between.tail[k];
        const ComplexLanes m = across(view.adjoint, head, tail);
        measure(view, head, m, largest);
        add_across(right, head, tail, constant_answer(view, at.to_ground.count + k, m));
    }
    const double* slope = view.voltage_slope;
    const auto add_answers = [&](int count, const int* heads, const int* tails) {
        for (int k = 0; k < count; ++k, slope += 2 * slot) {
            const ComplexLanes m = across(view.adjoint, heads[k], tails[k]);
            measure(view, heads[k], m, largest);
            add_across(right, heads[k], tails[k],
                       plus(times(load_complex(slope), m), times_conjugate(load_complex(slope + slot), m)));
        }
    };
    add_answers(at.voltage_loads.count, at.voltage_loads.head, at.voltage_loads.tail);
    answer_curves(view, slope, right, largest);
    store(view.size, root(largest));
}

void ac_collect_kernel(const AcCollectView& view) {
    const Mask unwanted = load(view.wanted) <= spread(0);
    const Lanes nothing = spread(__builtin_nan(""));
    const Window window{view.v_min, view.v_max, view.v_low};
    int k = 0;
    for (int c = 0; c < view.customer_count; ++c) {
        Lanes p = load(view.by_p + c * W), q = load(view.by_q + c * W);
        for (; k < view.leg_end[c]; ++k) {
            const ComplexLanes v = across(view.voltage, view.head[k], view.tail[k]);
            const ComplexLanes moved = times(across(view.adjoint, view.head[k], view.tail[k]), v);
            const Lanes m = root(fused(v.re, v.re, v.im * v.im)) * spread(view.inverse_rated[k]);
            const Lanes inverse = spread(1) / m;
            const auto law = [&](const double* shares) -> Law {
                return {spread(shares[0]), spread(shares[2]), spread(shares[4])};
            };
            Law by_p = law(view.inside + 6 * k), by_q = law(view.inside + 6 * k + 1);
            if (view.outside != nullptr) {
                const Place place(m, window);
                by_p = windowed(window, place, by_p, law(view.outside + 6 * k));
                by_q = windowed(window, place, by_q, law(view.outside + 6 * k + 1));
            }
            p = fused(fused(fused(by_p.p, inverse, by_p.i), inverse, by_p.z), moved.re, p);
            q = fused(fused(fused(by_q.p, inverse, by_q.i), inverse, by_q.z), moved.im, q);
        }
        store(view.by_p + c * W, select(unwanted, nothing, p));
        store(view.by_q + c * W, select(unwanted, nothing, q));
    }
}

}  // namespace headroom::HEADROOM_SIMD_NAMESPACE
