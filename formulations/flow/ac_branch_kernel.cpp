// Branch currents from voltages, eight scenarios at once; ac_branch_flow.hpp. Compiled once per instruction set.

#include "formulations/flow/ac_branch_kernel.hpp"

#include "solver/lanes/lanes.hpp"

namespace headroom::HEADROOM_SIMD_NAMESPACE {
namespace {

constexpr int W = 8, slot = 2 * W;

struct ComplexLanes {
    Lanes re, im;
};

ComplexLanes sum_of_terms(const AcBranchView& v, int begin, int end) {
    ComplexLanes sum{spread(0), spread(0)};
    for (int t = begin; t < end; ++t) {
        const double *plus = v.voltage + v.plus[t] * slot, *minus = v.voltage + v.minus[t] * slot;
        const Lanes re = load(plus) - load(minus), im = load(plus + W) - load(minus + W);
        const Lanes a = spread(v.y[2 * t]), b = spread(v.y[2 * t + 1]);
        sum.re = fused(-b, im, fused(a, re, sum.re));
        sum.im = fused(b, re, fused(a, im, sum.im));
    }
    return sum;
}

}  // namespace

void ac_branch_kernel(const AcBranchView& v) {
    Lanes all_p = spread(0), all_q = spread(0), slack_p = spread(0), slack_q = spread(0);
    int begin = 0;
    for (int k = 0; k < v.count; ++k) {
        const ComplexLanes i = sum_of_terms(v, begin, v.term_end[k]);
        begin = v.term_end[k];
        store(v.current + k * slot, i.re);
        store(v.current + k * slot + W, i.im);
        const double* at = v.voltage + v.node[k] * slot;
        const Lanes re = load(at), im = load(at + W);
        const Lanes p = fused(re, i.re, im * i.im), q = fused(im, i.re, -(re * i.im));
        all_p = all_p + p;
        all_q = all_q + q;
        if (v.node[k] < v.slack_first) continue;
        slack_p = slack_p + p;
        slack_q = slack_q + q;
    }
    store(v.totals, all_p);
    store(v.totals + W, all_q);
    store(v.totals + 2 * W, slack_p);
    store(v.totals + 3 * W, slack_q);
}

}  // namespace headroom::HEADROOM_SIMD_NAMESPACE
