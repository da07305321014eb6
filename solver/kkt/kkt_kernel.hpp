#pragma once

// The view that crosses into the factorisation and solve kernels: plain pointers only (solver/lanes/lanes.hpp says
// why). Arrays of lanes are [slot x width].

namespace headroom {

/// K = L D L' in elimination order; K has a positive diagonal at variables, a negative one at rows. KktPattern tells
/// what the index arrays are.
struct KktView {
    int width;  // lanes: 1, 2, 4 or 8
    int size;
    const int *column_start, *row;
    const int *source_start, *source, *source_entry, *source_run;
    const int *entry_start, *entry_row, *entry_slot;
    int shared_count;        // slots below this one are read from shared values, one for all lanes
    const double* shared;    // [#shared]
    const double* own;       // [#own x lane], slots from shared_count on
    const double* diagonal;  // [#size x lane] with regularisation
    const double* least;     // [#size x lane] part of the diagonal that elimination can only add to, same sign
    double* factor;          // [#L x lane]
    double* pivot;           // [#size x lane] D
    double* inverse_pivot;   // [#size x lane]
    double* column;          // [#size x lane] work
    double* right;           // [#size x lane] right side; in place
    double* solution;        // [#size x lane]
};

namespace baseline {
void factor_kernel(const KktView& view);
void forward_kernel(const KktView& view);
void backward_kernel(const KktView& view);
}  // namespace baseline
namespace avx2 {
void factor_kernel(const KktView& view);
void forward_kernel(const KktView& view);
void backward_kernel(const KktView& view);
}  // namespace avx2
namespace avx512 {
void factor_kernel(const KktView& view);
void forward_kernel(const KktView& view);
void backward_kernel(const KktView& view);
}  // namespace avx512

}  // namespace headroom
