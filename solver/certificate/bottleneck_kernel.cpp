// The bottleneck certificate for eight problems; bottleneck.hpp. Compiled once per instruction set. Shares with the
// filling nothing but the arithmetic of lanes.

#include "solver/certificate/bottleneck_kernel.hpp"

#include "solver/lanes/lanes.hpp"

namespace headroom::HEADROOM_SIMD_NAMESPACE {
namespace {

constexpr int W = 8;
constexpr double infinity = __builtin_inf();

/// NaN counts as the worst there is: the comparison is written so that it comes out on that side.
Lanes worse_of(Lanes worst, Lanes value) {
    const Mask harmless = value <= worst;
    const Mask is_number = value <= spread(infinity);
    return select(harmless, worst, select(is_number, value, spread(infinity)));
}

/// Limits against their bounds; prepares w / reference and the gap to the cap.
Lanes check_bounds(const BottleneckView& v) {
    Lanes worst = spread(-infinity);
    for (int c = 0; c < v.limit_count; ++c) {
        const int slot = c * W;
        const Lanes w = load(v.w + slot), first = load(v.first + slot), to_cap = load(v.cap + slot) - w;
        const Lanes level = w / load(v.reference + slot);
        worst = worse_of(worse_of(worst, -to_cap), first - w);
        store(v.level + slot, level);
        store(v.above_start + slot, select(w > first, level, spread(0)));
        store(v.gap + slot, maximum(to_cap, spread(0)));
    }
    return worst;
}

/// Narrows the gaps of the limits in a row by their distance from having it as their bottleneck: the room left in it,
/// or the lead of the largest limit in it that has left its start.
void narrow_gaps(const BottleneckView& v, int row, Lanes left) {
    const Lanes zero = spread(0);
    Lanes largest = zero;
    for (int e = v.start[row]; e < v.start[row + 1]; ++e)
        largest = maximum(largest, load(v.above_start + v.column[e] * W));
    for (int e = v.start[row]; e < v.start[row + 1]; ++e) {
        const int slot = v.column[e] * W;
        const Lanes lead = (largest - load(v.level + slot)) * load(v.reference + slot);
        store(v.gap + slot, minimum(load(v.gap + slot), maximum(maximum(left, lead), zero)));
    }
}

/// Largest gap of all limits.
Lanes worst_gap(const BottleneckView& v) {
    Lanes gap = spread(0);
    for (int c = 0; c < v.limit_count; ++c) gap = worse_of(gap, load(v.gap + c * W));
    return gap;
}

Lanes weighted(const int* column, const double* value, int begin, int end, const double* x) {
    Lanes sum = spread(0);
    for (int e = begin; e < end; ++e) sum = sum + spread(value[e]) * load(x + column[e] * W);
    return sum;
}

/// Room left of every row, in the unit of w; the worst excess. @param x  what columns of rows refer to
Lanes check_rows(const BottleneckView& v, const double* x) {
    Lanes worst = spread(-infinity);
    for (int r = 0; r < v.row_count; ++r) {
        const Lanes used = weighted(v.column, v.value, v.start[r], v.start[r + 1], x);
        const bool empty = v.start[r] == v.start[r + 1];
        const Lanes left = empty ? spread(infinity) : (load(v.room + r * W) - used) * spread(v.scale[r]);
        store(v.left + r * W, left);
        worst = worse_of(worst, -left);
    }
    return worst;
}

}  // namespace

void bottleneck_kernel(const BottleneckView& v) {
    store(v.bound_violation, check_bounds(v));
    store(v.row_violation, check_rows(v, v.w));
    // Rows with more room than this cannot narrow a gap below it: they matter only where a larger gap remains.
    const Lanes near = spread(1e-3);
    for (int r = 0; r < v.row_count; ++r)
        if (any(load(v.left + r * W) <= near)) narrow_gaps(v, r, load(v.left + r * W));
    Lanes gap = worst_gap(v);
    if (any(~(gap <= near))) {
        for (int r = 0; r < v.row_count; ++r)
            if (!any(load(v.left + r * W) <= near)) narrow_gaps(v, r, load(v.left + r * W));
        gap = worst_gap(v);
    }
    store(v.bottleneck_gap, gap);
}

void row_margins_kernel(const BottleneckView& v) {
    store(v.bound_violation, check_bounds(v));
    for (int c = 0; c < v.limit_count; ++c) store(v.sums + c * W, load(v.w + c * W));
    for (int k = 0; k < v.sum_count; ++k)
        store(v.sums + (v.limit_count + k) * W,
              weighted(v.sum_column, v.sum_value, v.sum_start[k], v.sum_start[k + 1], v.sums));
    store(v.row_violation, check_rows(v, v.sums));
}

void bottleneck_gaps_kernel(const BottleneckView& v) {
    for (int r = 0; r < v.row_count; ++r) narrow_gaps(v, r, load(v.left + r * W));
    store(v.bottleneck_gap, worst_gap(v));
}

}  // namespace headroom::HEADROOM_SIMD_NAMESPACE
