#pragma once

// The view that crosses into the kernels of watched quantities: plain pointers only (solver/lanes/lanes.hpp says why).

namespace headroom {

/// Sums of terms y (V[plus] - V[minus]), one after the other: z = constant + sum.
struct AcPhasorView {
    const int* term_end;      // [#phasor]
    const double* constant;   // [#phasor x (real, imaginary)]
    const int *plus, *minus;  // [#term] slots
    const double* y;          // [#term x (real, imaginary)]
};

struct AcWatchView {
    const double* voltage;  // [slot x (real, imaginary) x 8]
    const double* nothing;  // [8] 0, or NaN where the lane has no voltages
    int difference_count;   // |V[plus] - V[minus]|
    const int *difference_row, *plus, *minus;
    int product_count;       // |S| or Re S of sums of u conj(i)
    const int* product_row;  // rows of `value`
    const int* product_end;  // of each in the products
    const int* whole;        // other than zero: |S|
    AcPhasorView phasors;    // u and i of each product in turn
    double* value;           // [#row x 8] out
};

namespace baseline {
void ac_watch_kernel(const AcWatchView& view);
}
namespace avx2 {
void ac_watch_kernel(const AcWatchView& view);
}
namespace avx512 {
void ac_watch_kernel(const AcWatchView& view);
}

}  // namespace headroom
