#pragma once

// The view that crosses into the kernel: plain pointers only (lanes.hpp says why).

namespace headroom {

/// NestedRows; all arrays [slot x 8 lanes].
struct NestedView {
    int limit_count, sum_count, row_count;
    const int *sum_start, *sum_column, *row_start, *row_column;
    const double *sum_value, *row_value;
    const double* w;  // [#limit]
    double* x;        // [#limit + #sum] out: w and the sums
    double* product;  // [#row] out, of nested_kernel
};

namespace baseline {
void nested_kernel(const NestedView& view);
}  // namespace baseline
namespace avx2 {
void nested_kernel(const NestedView& view);
}  // namespace avx2
namespace avx512 {
void nested_kernel(const NestedView& view);
}  // namespace avx512

}  // namespace headroom
