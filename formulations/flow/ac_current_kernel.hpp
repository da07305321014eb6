#pragma once

// The views that cross into the kernels of customer currents: plain pointers only (solver/lanes/lanes.hpp says why).
// Complex arrays are [slot x (real, imaginary) x 8 lanes].

namespace headroom {

/// Loads of constant power, all those between two slots as one; so those to ground have a head of their own each.
struct ConstantLoads {
    int count;
    const int *head, *tail;  // slots; loads to ground need no tail
    const double* power;     // [#load x (P, Q) x 8]
};

/// Loads whose power depends on voltage, all those between two slots and of one rated voltage as one.
struct VoltageLoads {
    int count;
    const int *head, *tail;
    const double* inverse_rated;  // [#load] 1 / V
    const double* inside;         // [#load x (impedance, current, power) x (P, Q) x 8] S
    const double* outside;        // the same outside of the window; null: there is no window
    double v_min, v_max, v_low;
};

/// Reactive power as a function of voltage, of one pair of a customer's terminals each (volt_var_law.hpp).
struct CurveLoads {
    int count;
    const int *head, *tail;
    const double* inverse_base;  // [#curve] 1 / V
    const double* first;         // [#curve] y below all slopes
    const int* slope_end;        // [#curve] of its slopes
    const double* slope;         // [#slope x (begin, width, slope)]
    const double* response;      // [#curve x #curve] V / V A (curve_response.hpp); null: curves go each by itself
    const double* most;          // [#curve x (inject, absorb) x 8] V A
    double* q;                   // [#curve x curve_rows x 8] V A: what is injected now, and work
    int sweep;                   // from 1 on
};
inline constexpr int curve_rows = 10;

/// Curves answer the voltages that they make, against them: the whole way to the curve may be too far, and two such
/// sweeps apart. A curve by itself goes the way that its last two sweeps show to be right, and this part of it where
/// these do not tell.
inline constexpr double curve_way = 0.6, curve_way_least = 0.3;
/// Of the last change, where sweeps are judged: curves that go each by itself lag behind, and together they are not
/// quite where they want to be.
inline constexpr double curve_memory = 0.5, curve_memory_together = 0.2;

struct AcCurrentView {
    ConstantLoads to_ground, between;
    VoltageLoads voltage_loads;
    CurveLoads curves;
    int fixed_count;
    const int* fixed_slot;
    const double* fixed;    // [#fixed x 2 x 8] currents that the slack voltages drive
    const double* voltage;  // by slot
    int bare_count;
    const int* bare_slot;  // slots that get currents and are no head of a constant load to ground
    int first;             // slot of the first row of `right`
    double* right;         // out: currents into the nodes that get any
};

/// sum[s] = factors times customers' P (even s) or Q (odd s).
struct LoadSumView {
    int count;
    const int* end;  // [#sum] of its entries
    const int* customer;
    const double* factor;
    const double *p, *q;  // [#customer x 8]
    double* sum;          // [#sum x 8] out
};

namespace baseline {
void ac_current_kernel(const AcCurrentView& view);
void ac_load_sum_kernel(const LoadSumView& view);
}  // namespace baseline
namespace avx2 {
void ac_current_kernel(const AcCurrentView& view);
void ac_load_sum_kernel(const LoadSumView& view);
}  // namespace avx2
namespace avx512 {
void ac_current_kernel(const AcCurrentView& view);
void ac_load_sum_kernel(const LoadSumView& view);
}  // namespace avx512

}  // namespace headroom
