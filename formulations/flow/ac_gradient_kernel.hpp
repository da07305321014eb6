#pragma once

// The views that cross into the kernels of adjoint sweeps: plain pointers only (solver/lanes/lanes.hpp says why).
// Complex arrays are [slot x (real, imaginary) x 8 lanes].

#include "formulations/flow/ac_current_kernel.hpp"

namespace headroom {

/// How loads answer voltages, and what that puts into the right side of an adjoint sweep: of a load between two nodes,
/// with M = adjoint[head] - adjoint[tail],
///
///     a M + b conj(M)                                                                        (1)
///
/// at its head, the negative of it at its tail; a = 0 for constant power.
struct AcAdjointView {
    AcCurrentView loads;  // loads, voltages and slots; `right` out: seed plus (1). Currents that are fixed have no part
    double* constant_slope;  // [#(to_ground, between) x b as (real, imaginary) x 8]
    double* voltage_slope;  // [#voltage load x (a, b) x (real, imaginary) x 8]; then of curves (Q / |v|^2, Q' / |v|, e)
    double* curve_answer;   // [#curve x curve_rows x 8] what Q' adds, and work
    const double* adjoint;  // by slot
    const double* seed;     // as `right`
    const double* inverse_base;  // [#slot] 1 / V: unit of the adjoint
    double* size;                // [8] out: largest |M| * inverse_base[head]
};

/// Gradients by the power that customers inject, from an adjoint.
struct AcCollectView {
    int customer_count;
    const int* leg_end;  // [#customer] of its legs
    const int *head, *tail;
    const double* inverse_rated;  // [#leg] 1 / V
    const double* inside;         // [#leg x (impedance, current, power) x (P, Q)] share / V^2
    const double* outside;        // the same outside of the window; null: there is no window
    double v_min, v_max, v_low;
    const double *voltage, *adjoint;  // by slot
    const double* wanted;             // [8] zero: the lane gets NaN
    double *by_p, *by_q;              // [#customer x 8] added to
};

namespace baseline {
void ac_slope_kernel(const AcAdjointView& view);
void ac_adjoint_kernel(const AcAdjointView& view);
void ac_collect_kernel(const AcCollectView& view);
}  // namespace baseline
namespace avx2 {
void ac_slope_kernel(const AcAdjointView& view);
void ac_adjoint_kernel(const AcAdjointView& view);
void ac_collect_kernel(const AcCollectView& view);
}  // namespace avx2
namespace avx512 {
void ac_slope_kernel(const AcAdjointView& view);
void ac_adjoint_kernel(const AcAdjointView& view);
void ac_collect_kernel(const AcCollectView& view);
}  // namespace avx512

}  // namespace headroom
