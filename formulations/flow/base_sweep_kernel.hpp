#pragma once

// The view that crosses into the kernel: plain pointers only (solver/lanes/lanes.hpp says why).

namespace headroom {

struct SparseComplex {
    int count;
    const int *to, *from;
    const double *re, *im;
};
struct SparseReal {
    int count;
    const int *to, *from;
    const double* factor;
};

struct BaseSweepView {
    int current_count, voltage_count, monitor_count, thermal_count;
    SparseComplex inject, drop, observe, measure;
    SparseReal up, carry;
    const int *carry_end, *drop_end;
    const double *p, *q;
    double *rise, *flow_p, *flow_q, *current, *voltage;
};

namespace baseline {
void base_sweep_kernel(const BaseSweepView& view);
}
namespace avx2 {
void base_sweep_kernel(const BaseSweepView& view);
}
namespace avx512 {
void base_sweep_kernel(const BaseSweepView& view);
}

}  // namespace headroom
