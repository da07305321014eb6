// A w through sums, in lanes (nested_rows.hpp). Compiled once per instruction set.

#include "solver/packing/nested_kernel.hpp"

#include "solver/lanes/lanes.hpp"

namespace headroom::HEADROOM_SIMD_NAMESPACE {
namespace {

constexpr int W = 8;

/// Two partial sums, because a multiply-add would wait for the one before it.
Lanes sum_entries(const int* column, const double* value, int begin, int end, const double* x) {
    Lanes sum = spread(0), other = sum;
    int e = begin;
    for (; e + 2 <= end; e += 2) {
        sum = fused(spread(value[e]), load(x + column[e] * W), sum);
        other = fused(spread(value[e + 1]), load(x + column[e + 1] * W), other);
    }
    if (e < end) sum = fused(spread(value[e]), load(x + column[e] * W), sum);
    return sum + other;
}

}  // namespace

void nested_kernel(const NestedView& v) {
    for (int c = 0; c < v.limit_count; ++c) store(v.x + c * W, load(v.w + c * W));
    for (int k = 0; k < v.sum_count; ++k)
        store(v.x + (v.limit_count + k) * W,
              sum_entries(v.sum_column, v.sum_value, v.sum_start[k], v.sum_start[k + 1], v.x));
    for (int r = 0; r < v.row_count; ++r)
        store(v.product + r * W, sum_entries(v.row_column, v.row_value, v.row_start[r], v.row_start[r + 1], v.x));
}

}  // namespace headroom::HEADROOM_SIMD_NAMESPACE
