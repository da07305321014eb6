#pragma once

// The view that crosses into the kernels of the complex triangular solves: plain pointers only (solver/lanes/lanes.hpp
// says why). Vectors are [position x (real, imaginary) x 8 lanes]; the factor is one for all lanes.

namespace headroom {

struct LdlView {
    int first, size;  // forward and backward run over positions [first, size), the expansion over [0, first)
    const int *row_start, *row_column;  // rows of L from `first` on, without what lies left of it
    const double* row_value;            // [#entry x (real, imaginary)]
    const int *column_start, *column_row;
    const double* column_value;   // [#L x (real, imaginary)]
    const double* inverse_pivot;  // [#size x (real, imaginary)]
    const double* inverse_scale;  // [#size]: changes are measured in this unit; 0: not looked at
    const char* given;            // [size - first]: 0, the right side is nothing there, whatever `right` holds
    double* right;                // [(size - first) x 2 x 8]: right side, becomes D L' x
    double* solution;             // [#size x 2 x 8]
    const double* frozen;         // [8]: other than zero, the lane keeps its solution
    double* change;               // [8] out: largest |new - old| * inverse_scale over [first, size); frozen lanes: 0
};

namespace baseline {
void ldl_solve_kernel(const LdlView& view);
void ldl_expand_kernel(const LdlView& view);
}  // namespace baseline
namespace avx2 {
void ldl_solve_kernel(const LdlView& view);
void ldl_expand_kernel(const LdlView& view);
}  // namespace avx2
namespace avx512 {
void ldl_solve_kernel(const LdlView& view);
void ldl_expand_kernel(const LdlView& view);
}  // namespace avx512

}  // namespace headroom
