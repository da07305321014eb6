// Sums of full columns and the search for the worst row. Compiled once per instruction set; products are rounded before
// they are added, so that all of them give the same bits.

#include "solver/simplex/simplex_kernel.hpp"

#include "solver/lanes/lanes.hpp"

namespace headroom::HEADROOM_SIMD_NAMESPACE {
namespace {

/// Four columns for each pass over the sum.
inline int add_four(const SumView& v) {
    int k = 0;
    for (; k + 4 <= v.count; k += 4) {
        const double* column[4];
        Lanes factor[4];
        for (int i = 0; i < 4; ++i) {
            column[i] = v.base + static_cast<long>(v.which[k + i]) * v.length;
            factor[i] = spread(v.factor[k + i]);
        }
        for (int r = 0; r < v.length; r += 8) {
            Lanes sum = load(v.sum + r);
#pragma GCC unroll 4
            for (int i = 0; i < 4; ++i) sum = sum + factor[i] * load(column[i] + r);
            store(v.sum + r, sum);
        }
    }
    return k;
}

}  // namespace

void sum_kernel(const SumView& v) {
    for (int k = add_four(v); k < v.count; ++k) {
        const double* column = v.base + static_cast<long>(v.which[k]) * v.length;
        const Lanes factor = spread(v.factor[k]);
        for (int r = 0; r < v.length; r += 8) store(v.sum + r, load(v.sum + r) + factor * load(column + r));
    }
}

void worst_kernel(const WorstView& v) {
    Lanes worst = spread(v.least);
    for (int r = 0; r < v.length; r += 8) {
        const Lanes value = load(v.value + r), below = load(v.lower + r) - value, above = value - load(v.upper + r);
        worst = maximum(worst, maximum(below, above));
    }
    double most = v.least;
    alignas(64) double lane[8];
    store(lane, worst);
    for (int i = 0; i < 8; ++i)
        if (lane[i] > most) most = lane[i];
    *v.worst = most;
    *v.index = -1;
    if (!(most > v.least)) return;
    for (int r = 0; r < v.length; ++r)
        if (v.lower[r] - v.value[r] == most || v.value[r] - v.upper[r] == most) {
            *v.index = r;
            return;
        }
}

}  // namespace headroom::HEADROOM_SIMD_NAMESPACE
