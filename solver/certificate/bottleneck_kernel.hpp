#pragma once

// The view that crosses into the kernel: plain pointers only (solver/lanes/lanes.hpp says why).

namespace headroom {

struct BottleneckView {
    int row_count, limit_count;
    const int* start;     // [#row + 1]
    const int* column;    // [#entry]
    const double* value;  // [#entry]
    const double* scale;  // [#row] 1 / largest entry; +inf for rows without entries
    int sum_count;        // rows through sums: columns from limit_count on are sums, each of columns before it
    const int *sum_start, *sum_column;
    const double* sum_value;
    double* sums;  // [#limit + #sum] work array
    const double *room, *first, *cap, *reference, *w;
    double *level, *above_start, *gap, *left;
    double *row_violation, *bound_violation, *bottleneck_gap;
};

// bottleneck_kernel does all of it for rows written out. For rows through sums, row_margins_kernel looks at bounds and
// rows, and bottleneck_gaps_kernel at the gaps by those rows that are then written out, whose `left` it is given.

namespace baseline {
void bottleneck_kernel(const BottleneckView& view);
void row_margins_kernel(const BottleneckView& view);
void bottleneck_gaps_kernel(const BottleneckView& view);
}  // namespace baseline
namespace avx2 {
void bottleneck_kernel(const BottleneckView& view);
void row_margins_kernel(const BottleneckView& view);
void bottleneck_gaps_kernel(const BottleneckView& view);
}  // namespace avx2
namespace avx512 {
void bottleneck_kernel(const BottleneckView& view);
void row_margins_kernel(const BottleneckView& view);
void bottleneck_gaps_kernel(const BottleneckView& view);
}  // namespace avx512

}  // namespace headroom
