#pragma once

// The views that cross into the kernels: plain pointers only (lanes.hpp says why).

#include "solver/packing/nested_kernel.hpp"

namespace headroom {

/// RowBlocks.
struct BlockView {
    int count;
    const int *start, *column, *row;
    const double* value;
};

struct FillingView {
    int row_count, limit_count;
    const int* start;          // [#row + 1]
    const int* column;         // [#entry]
    const double* value;       // [#entry]
    BlockView blocks;          // empty where A w goes through sums:
    const NestedView* nested;  // its w is `limit`; null where there are no sums
    int first_count;
    const int* first_rows;
    bool lexicographic;
    const double *room, *first, *cap, *reference, *live;
    double *limit, *level;
    int *stop, *rounds;
    double *used, *in_play, *rise, *frozen, *stop_row, *top;
    int* active;
};

struct ProductView {
    BlockView blocks;
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
