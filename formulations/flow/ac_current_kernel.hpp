#pragma once

// The view that crosses into the kernel of customer currents: plain pointers only (solver/lanes/lanes.hpp says why).
// Complex arrays are [slot x (real, imaginary) x 8 lanes].

namespace headroom {

/// Legs of constant power.
struct ConstantLegs {
    int count;
    const int *head, *tail;  // slots; legs to ground have no tail
    const int* customer;
    const double* share;
};

/// Legs whose power depends on voltage; ac_power_flow.md, equations (4) and (5).
struct VoltageLegs {
    int count;
    const int *head, *tail, *customer;
    const double* share;
    const double* inverse_rated;     // [#leg] 1 / V
    const double *inside, *outside;  // [#leg x (P, Q) x (impedance, current, power)]
    double v_min, v_max, v_low;
};

struct AcCurrentView {
    ConstantLegs to_ground, between;
    VoltageLegs voltage_legs;
    const double *p, *q;  // [#customer x 8]
    int fixed_count;
    const int* fixed_slot;
    const double* fixed;    // [#fixed x 2 x 8] currents that the slack voltages drive
    const double* voltage;  // by slot
    int first, end;         // slots of `right`
    double* right;          // [(end - first) x 2 x 8] out: currents into the nodes
};

namespace baseline {
void ac_current_kernel(const AcCurrentView& view);
}
namespace avx2 {
void ac_current_kernel(const AcCurrentView& view);
}
namespace avx512 {
void ac_current_kernel(const AcCurrentView& view);
}

}  // namespace headroom
