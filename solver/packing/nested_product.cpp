#include "solver/packing/nested_product.hpp"

#include "solver/lanes/simd_level.hpp"

namespace headroom {

NestedView nested_view(const NestedRows& nested, const double* w, double* product, LaneArray& sums) {
    sums.resize(static_cast<std::size_t>(nested.limit_count + nested.sum_count()) * lane_count);
    return {.limit_count = nested.limit_count,
            .sum_count = nested.sum_count(),
            .row_count = nested.row_count(),
            .sum_start = nested.sum.start.data(),
            .sum_column = nested.sum.column.data(),
            .row_start = nested.row.start.data(),
            .row_column = nested.row.column.data(),
            .sum_value = nested.sum.value.data(),
            .row_value = nested.row.value.data(),
            .w = w,
            .x = sums.data(),
            .product = product};
}

void multiply(const NestedRows& nested, const double* w, double* product, LaneArray& sums) {
    run_kernel(nested_view(nested, w, product, sums), baseline::nested_kernel, avx2::nested_kernel,
               avx512::nested_kernel);
}

}  // namespace headroom
