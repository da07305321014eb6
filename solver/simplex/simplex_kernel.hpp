#pragma once

// The views that cross into the kernels: plain pointers only (solver/lanes/lanes.hpp says why). Arrays of `length`
// numbers begin at addresses that are multiples of 64, as full columns do.

namespace headroom {

/// sum += the chosen columns of a full matrix, each times its factor.
struct SumView {
    const double* base;    // [#column x length]
    int length;            // a multiple of 8
    int count;             // chosen columns
    const int* which;      // [count]
    const double* factor;  // [count]
    double* sum;           // [length]
};

/// The row that is furthest outside its sides.
struct WorstView {
    int length;                           // a multiple of 8
    const double *value, *lower, *upper;  // [length]
    double* worst;                        // largest max(lower - value, value - upper)
    int* index;                           // the first where it is; -1: none is above `least`
    double least;
};

namespace baseline {
void sum_kernel(const SumView& view);
void worst_kernel(const WorstView& view);
}  // namespace baseline
namespace avx2 {
void sum_kernel(const SumView& view);
void worst_kernel(const WorstView& view);
}  // namespace avx2
namespace avx512 {
void sum_kernel(const SumView& view);
void worst_kernel(const WorstView& view);
}  // namespace avx512

}  // namespace headroom
