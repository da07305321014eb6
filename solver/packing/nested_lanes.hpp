#pragma once

// A w through sums (nested_rows.hpp), for kernels only.

#include "solver/lanes/lanes.hpp"
#include "solver/packing/nested_kernel.hpp"

namespace headroom::HEADROOM_SIMD_NAMESPACE {

/// Two partial sums, because a multiply-add would wait for the one before it.
inline Lanes sum_entries(const int* column, const double* value, int begin, int end, const double* x) {
    constexpr int W = 8;
    Lanes sum = spread(0), other = sum;
    int e = begin;
    for (; e + 2 <= end; e += 2) {
        sum = fused(spread(value[e]), load(x + column[e] * W), sum);
        other = fused(spread(value[e + 1]), load(x + column[e + 1] * W), other);
    }
    if (e < end) sum = fused(spread(value[e]), load(x + column[e] * W), sum);
    return sum + other;
}

/// Fills view.x: w and the sums.
inline void find_sums(const NestedView& v) {
    constexpr int W = 8;
    for (int c = 0; c < v.limit_count; ++c) store(v.x + c * W, load(v.w + c * W));
    for (int k = 0; k < v.sum_count; ++k)
        store(v.x + (v.limit_count + k) * W,
              sum_entries(v.sum_column, v.sum_value, v.sum_start[k], v.sum_start[k + 1], v.x));
}

/// Row r of A w, once view.x is filled.
inline Lanes nested_row(const NestedView& v, int r) {
    return sum_entries(v.row_column, v.row_value, v.row_start[r], v.row_start[r + 1], v.x);
}

}  // namespace headroom::HEADROOM_SIMD_NAMESPACE
