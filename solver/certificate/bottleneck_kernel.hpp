#pragma once

// The view that crosses into the kernel: plain pointers only (solver/lanes/lanes.hpp says why).

namespace headroom {

struct BottleneckView {
    int row_count, limit_count;
    const int* start;     // [#row + 1]
    const int* column;    // [#entry]
    const double* value;  // [#entry]
    const double* scale;  // [#row] 1 / largest entry; +inf for rows without entries
    const double *room, *first, *cap, *reference, *w;
    double *level, *above_start, *gap, *left;
    double *row_violation, *bound_violation, *bottleneck_gap;
};

namespace baseline {
void bottleneck_kernel(const BottleneckView& view);
}
namespace avx2 {
void bottleneck_kernel(const BottleneckView& view);
}
namespace avx512 {
void bottleneck_kernel(const BottleneckView& view);
}

}  // namespace headroom
