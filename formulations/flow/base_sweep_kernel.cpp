// Currents up, voltages down, for eight steps; base_sweep.hpp. Compiled once per instruction set.

#include "formulations/flow/base_sweep_kernel.hpp"

#include "solver/lanes/lanes.hpp"

namespace headroom::HEADROOM_SIMD_NAMESPACE {
namespace {

constexpr int W = 8;

void clear(double* slots, int count) {
    for (int s = 0; s < count; ++s) store(slots + s * W, spread(0));
}

/// out[to] += factor * conj(p + j q): the current of an injection at its flat voltage.
void inject(const BaseSweepView& v) {
    for (int e = 0; e < v.inject.count; ++e) {
        double* out = v.current + v.inject.to[e] * 2 * W;
        const Lanes p = load(v.p + v.inject.from[e] * W), q = load(v.q + v.inject.from[e] * W);
        const Lanes re = spread(v.inject.re[e]), im = spread(v.inject.im[e]);
        store(out, fused(im, q, fused(re, p, load(out))));
        store(out + W, fused(-re, q, fused(im, p, load(out + W))));
    }
}

void sum_up(const BaseSweepView& v) {
    for (int e = 0; e < v.up.count; ++e) {
        double* out = v.current + v.up.to[e] * 2 * W;
        const double* in = v.current + v.up.from[e] * 2 * W;
        const Lanes n = spread(v.up.factor[e]);
        store(out, fused(n, load(in), load(out)));
        store(out + W, fused(n, load(in + W), load(out + W)));
    }
}

/// Every voltage slot from its parent's slots and the currents of its own edge.
void sum_down(const BaseSweepView& v) {
    int c = 0, d = 0;
    for (int slot = 0; slot < v.voltage_count; ++slot) {
        Lanes re = spread(0), im = spread(0);
        for (; c < v.carry_end[slot]; ++c) {
            const double* in = v.voltage + v.carry.from[c] * 2 * W;
            const Lanes n = spread(v.carry.factor[c]);
            re = fused(n, load(in), re);
            im = fused(n, load(in + W), im);
        }
        for (; d < v.drop_end[slot]; ++d) {
            const double* in = v.current + v.drop.from[d] * 2 * W;
            const Lanes i_re = load(in), i_im = load(in + W), z_re = spread(v.drop.re[d]), z_im = spread(v.drop.im[d]);
            re = fused(-z_im, i_im, fused(z_re, i_re, re));
            im = fused(z_im, i_re, fused(z_re, i_im, im));
        }
        store(v.voltage + slot * 2 * W, re);
        store(v.voltage + slot * 2 * W + W, im);
    }
}

void observe(const BaseSweepView& v) {
    clear(v.rise, v.monitor_count);
    for (int e = 0; e < v.observe.count; ++e) {
        double* out = v.rise + v.observe.to[e] * W;
        const double* in = v.voltage + v.observe.from[e] * 2 * W;
        store(out, fused(spread(-2 * v.observe.im[e]), load(in + W),
                         fused(spread(2 * v.observe.re[e]), load(in), load(out))));
    }
}

void measure(const BaseSweepView& v) {
    clear(v.flow_p, v.thermal_count);
    clear(v.flow_q, v.thermal_count);
    for (int e = 0; e < v.measure.count; ++e) {
        double* p = v.flow_p + v.measure.to[e] * W;
        double* q = v.flow_q + v.measure.to[e] * W;
        const double* in = v.current + v.measure.from[e] * 2 * W;
        const Lanes i_re = load(in), i_im = load(in + W), re = spread(v.measure.re[e]), im = spread(v.measure.im[e]);
        store(p, fused(-im, i_im, fused(-re, i_re, load(p))));
        store(q, fused(re, i_im, fused(-im, i_re, load(q))));
    }
}

}  // namespace

void base_sweep_kernel(const BaseSweepView& v) {
    clear(v.current, 2 * v.current_count);
    inject(v);
    sum_up(v);
    sum_down(v);
    observe(v);
    measure(v);
}

}  // namespace headroom::HEADROOM_SIMD_NAMESPACE
