#pragma once

#include "solver/lanes/lane_count.hpp"
#include "solver/packing/nested_kernel.hpp"
#include "solver/packing/nested_rows.hpp"

namespace headroom {

/// What kernels see of rows through sums. @param sums  work array, grown to what it takes
NestedView nested_view(const NestedRows& nested, const double* w, double* product, LaneArray& sums);

/// product = A w, [#row x lane]; entries of lanes are independent.
void multiply(const NestedRows& nested, const double* w, double* product, LaneArray& sums);

}  // namespace headroom
