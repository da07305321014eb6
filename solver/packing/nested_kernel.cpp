// A w through sums, in lanes. Compiled once per instruction set.

#include "solver/packing/nested_kernel.hpp"

#include "solver/packing/nested_lanes.hpp"

namespace headroom::HEADROOM_SIMD_NAMESPACE {

void nested_kernel(const NestedView& v) {
    constexpr int W = 8;
    find_sums(v);
    for (int r = 0; r < v.row_count; ++r) store(v.product + r * W, nested_row(v, r));
}

}  // namespace headroom::HEADROOM_SIMD_NAMESPACE
