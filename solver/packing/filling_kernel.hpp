#pragma once

// The view that crosses into the kernels: plain pointers only (lanes.hpp says why).

namespace headroom {

struct FillingView {
    int row_count, limit_count;
    const int* start;     // [#row + 1]
    const int* column;    // [#entry]
    const double* value;  // [#entry]
    bool lexicographic;
    const double *room, *first, *cap, *reference, *live;
    double *limit, *level;
    int *stop, *rounds;
    double *used, *slope, *rise, *frozen;
};

struct ProductView {
    int row_count;
    const int* start;
    const int* column;
    const double* value;
    const double* w;
    double* product;
};

namespace baseline {
void fill_kernel(const FillingView& view);
void multiply_kernel(const ProductView& view);
}  // namespace baseline
namespace avx2 {
void fill_kernel(const FillingView& view);
void multiply_kernel(const ProductView& view);
}  // namespace avx2
namespace avx512 {
void fill_kernel(const FillingView& view);
void multiply_kernel(const ProductView& view);
}  // namespace avx512

}  // namespace headroom
