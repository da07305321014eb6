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

/// How much of the way to where it should be a curve's answer goes: the more its last change took back, the less.
/// `change` and what is `left` of it, that subtracted, as numbers or as products with the change; not told where there
/// was no change.
inline __attribute__((always_inline)) Lanes curve_way_shown(Lanes change, Lanes left) {
    const Lanes shown = minimum(maximum(change / left, spread(curve_way_least)), spread(1));
    return select(magnitude(change) > spread(0), shown, spread(curve_way));
}

}  // namespace headroom::HEADROOM_SIMD_NAMESPACE
