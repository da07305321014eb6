#pragma once

// Volt-VAr curves in lanes, for the kernels of flows and of adjoints: compiled with them, once per instruction set.

#include "formulations/flow/ac_current_kernel.hpp"
#include "solver/lanes/lanes.hpp"

namespace headroom::HEADROOM_SIMD_NAMESPACE {

/// y of a curve and its derivative by the voltage per unit of the curve's base (volt_var_law.hpp).
struct CurvePoint {
    Lanes y, slope;
};

inline __attribute__((always_inline)) CurvePoint curve_point(const CurveLoads& loads, int k, Lanes magnitude) {
    const Lanes relative = magnitude * spread(loads.inverse_base[k]), zero = spread(0);
    CurvePoint at{spread(loads.first[k]), zero};
    for (int s = k == 0 ? 0 : loads.slope_end[k - 1]; s < loads.slope_end[k]; ++s) {
        const double* part = loads.slope + 3 * s;
        const Lanes along = relative - spread(part[0]), width = spread(part[1]), slope = spread(part[2]);
        at.y = fused(minimum(maximum(along, zero), width), slope, at.y);
        at.slope = select(zero < along, select(along < width, at.slope + slope, at.slope), at.slope);
    }
    return at;
}

/// A curve's largest Q, either way, on the side of zero where y is.
inline __attribute__((always_inline)) Lanes curve_reach(const CurveLoads& loads, int k, Lanes y) {
    const double* most = loads.most + 2 * 8 * k;
    return select(spread(0) < y, load(most), load(most + 8));
}

/// A curve's rows. What it injects and what it wants; of the sweep before, by itself the same, together the voltage and
/// what it wanted there. Together, its slope dQ/d|v|, at most 0, the change of Q, and directions of that with what they
/// do to what is left.
enum CurveRow : int {
    curve_now,
    curve_wanted,
    curve_before,
    curve_wanted_before,
    curve_slope,
    curve_change,
    curve_first
};
inline constexpr int curve_directions = 2;
static_assert(curve_first + 2 * curve_directions == curve_rows);

/// One row of every curve.
class CurveVector {
public:
    CurveVector(double* rows, int which, int count) : first_(rows + which * lane_row), count_(count) {}
    Lanes at(int k) const { return load(first_ + k * curve_rows * lane_row); }
    void set(int k, Lanes value) const { store(first_ + k * curve_rows * lane_row, value); }
    /// + factor x other
    void add(Lanes factor, const CurveVector& other) const {
        for (int k = 0; k < count_; ++k) set(k, fused(factor, other.at(k), at(k)));
    }
    Lanes times(const CurveVector& other) const {
        Lanes sum = spread(0);
        for (int k = 0; k < count_; ++k) sum = fused(at(k), other.at(k), sum);
        return sum;
    }

private:
    static constexpr int lane_row = 8;
    double* first_;
    int count_;
};

/// How much of the way to where it should be a curve's answer goes: the more its last change took back, the less.
/// `left` is the change less that; not told where there was no change.
inline __attribute__((always_inline)) Lanes curve_way_shown(Lanes change, Lanes left) {
    const Lanes shown = minimum(maximum(change / left, spread(curve_way_least)), spread(1));
    return select(magnitude(change) > spread(0), shown, spread(curve_way));
}

/// What the voltages that a change of Q makes have curves add: slope R change. Of some curves side by side, because
/// each sum waits for itself.
template <int count>
inline void respond_of(const CurveLoads& loads, int k, const CurveVector& slope, const CurveVector& change,
                       const CurveVector& response, bool transposed) {
    const int n = loads.count, along = transposed ? n : 1, across = transposed ? 1 : n;
    const double* row = loads.response + k * across;
    Lanes sum[count];
    for (int i = 0; i < count; ++i) sum[i] = spread(0);
    for (int j = 0; j < n; ++j, row += along) {
        const Lanes moved = change.at(j);
        for (int i = 0; i < count; ++i) sum[i] = fused(spread(row[i * across]), moved, sum[i]);
    }
    for (int i = 0; i < count; ++i) response.set(k + i, slope.at(k + i) * sum[i]);
}

inline void respond(const CurveLoads& loads, const CurveVector& slope, const CurveVector& change,
                    const CurveVector& response, bool transposed) {
    int k = 0;
    for (; k + 8 <= loads.count; k += 8) respond_of<8>(loads, k, slope, change, response, transposed);
    for (; k < loads.count; ++k) respond_of<1>(loads, k, slope, change, response, transposed);
}

inline Lanes ratio(Lanes part, Lanes whole) { return select(spread(0) < whole, part / whole, spread(0)); }

/// (1 - slope R) change = wanted - now, by directions that leave the least (generalised conjugate residuals): curves
/// along a feeder answer each other in few ways.
inline void answer_together(const CurveLoads& loads, double* rows, bool transposed) {
    const auto vector = [&](int which) { return CurveVector(rows, which, loads.count); };
    const CurveVector now = vector(curve_now), left = vector(curve_wanted), slope = vector(curve_slope);
    const CurveVector change = vector(curve_change);
    for (int k = 0; k < loads.count; ++k) change.set(k, left.at(k) - now.at(k));
    respond(loads, slope, change, left, transposed);
    for (int d = 0; d < curve_directions; ++d) {
        const CurveVector way = vector(curve_first + 2 * d), effect = vector(curve_first + 2 * d + 1);
        respond(loads, slope, left, effect, transposed);
        for (int k = 0; k < loads.count; ++k) {
            way.set(k, left.at(k));
            effect.set(k, left.at(k) - effect.at(k));
        }
        for (int e = 0; e < d; ++e) {
            const CurveVector way_before = vector(curve_first + 2 * e), before = vector(curve_first + 2 * e + 1);
            const Lanes share = ratio(effect.times(before), before.times(before));
            way.add(-share, way_before);
            effect.add(-share, before);
        }
        const Lanes length = ratio(left.times(effect), effect.times(effect));
        change.add(length, way);
        left.add(-length, effect);
    }
    now.add(spread(1), change);
}

/// Each goes 1 / (1 + g) of the way, g what the voltages took back of its change before.
inline void answer_apart(const CurveLoads& loads, double* rows) {
    const CurveVector now(rows, curve_now, loads.count), before(rows, curve_before, loads.count);
    const CurveVector wanted(rows, curve_wanted, loads.count), wanted_before(rows, curve_wanted_before, loads.count);
    for (int k = 0; k < loads.count; ++k) {
        const Lanes last = now.at(k), given = last - before.at(k), taken = wanted.at(k) - wanted_before.at(k);
        now.set(k, fused(curve_way_shown(given, given - taken), wanted.at(k) - last, last));
        before.set(k, last);
        wanted_before.set(k, wanted.at(k));
    }
}

/// All that is wanted, the first time; nothing is read that an earlier solution left.
inline void answer_at_once(const CurveLoads& loads, double* rows) {
    const CurveVector now(rows, curve_now, loads.count), wanted(rows, curve_wanted, loads.count);
    const CurveVector before(rows, curve_before, loads.count), wanted_before(rows, curve_wanted_before, loads.count);
    for (int k = 0; k < loads.count; ++k) {
        now.set(k, wanted.at(k));
        if (loads.response != nullptr) continue;
        before.set(k, wanted.at(k));
        wanted_before.set(k, wanted.at(k));
    }
}

/// What curves inject next, from what they want, and the slopes of that, at the voltages that their last Q made.
/// @param rows  [#curve x curve_rows x 8]
/// @param transposed  of adjoints
inline void answer(const CurveLoads& loads, double* rows, bool transposed) {
    if (loads.sweep <= 1)
        answer_at_once(loads, rows);
    else if (loads.response != nullptr)
        answer_together(loads, rows, transposed);
    else
        answer_apart(loads, rows);
}

}  // namespace headroom::HEADROOM_SIMD_NAMESPACE
