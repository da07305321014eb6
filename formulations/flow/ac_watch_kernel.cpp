// Watched quantities of eight scenarios at once; ac_gradient.md. Compiled once per instruction set.

#include "formulations/flow/ac_watch_kernel.hpp"

#include "solver/lanes/lanes.hpp"

namespace headroom::HEADROOM_SIMD_NAMESPACE {
namespace {

constexpr int W = 8, slot = 2 * W;

struct ComplexLanes {
    Lanes re, im;
};

inline ComplexLanes difference(const double* voltage, int plus, int minus) {
    const double *a = voltage + plus * slot, *b = voltage + minus * slot;
    return {load(a) - load(b), load(a + W) - load(b + W)};
}

/// Phasor number k, whose terms start at t; t moves to the next one's.
ComplexLanes phasor(const AcPhasorView& v, const double* voltage, int k, int& t) {
    ComplexLanes sum{spread(v.constant[2 * k]), spread(v.constant[2 * k + 1])};
    for (; t < v.term_end[k]; ++t) {
        const ComplexLanes d = difference(voltage, v.plus[t], v.minus[t]);
        const Lanes a = spread(v.y[2 * t]), b = spread(v.y[2 * t + 1]);
        sum.re = fused(-b, d.im, fused(a, d.re, sum.re));
        sum.im = fused(b, d.re, fused(a, d.im, sum.im));
    }
    return sum;
}

}  // namespace

void ac_watch_kernel(const AcWatchView& v) {
    const Lanes nothing = load(v.nothing);
    for (int k = 0; k < v.difference_count; ++k) {
        const ComplexLanes d = difference(v.voltage, v.plus[k], v.minus[k]);
        store(v.value + v.difference_row[k] * W, root(fused(d.re, d.re, d.im * d.im)) + nothing);
    }
    int product = 0, term = 0;
    for (int k = 0; k < v.product_count; ++k) {
        Lanes re = spread(0), im = spread(0);
        for (; product < v.product_end[k]; ++product) {
            const ComplexLanes u = phasor(v.phasors, v.voltage, 2 * product, term);
            const ComplexLanes i = phasor(v.phasors, v.voltage, 2 * product + 1, term);
            re = re + fused(u.re, i.re, u.im * i.im);
            im = im + fused(u.im, i.re, -(u.re * i.im));
        }
        const Lanes value = v.whole[k] != 0 ? root(fused(re, re, im * im)) : re;
        store(v.value + v.product_row[k] * W, value + nothing);
    }
}

}  // namespace headroom::HEADROOM_SIMD_NAMESPACE
