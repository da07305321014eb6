#pragma once

// What the kernels of an iteration share (iterate_kernel.cpp, step_kernel.cpp), for kernels only.

#include "solver/convex/cone_lanes.hpp"
#include "solver/convex/iterate_kernel.hpp"
#include "solver/lanes/lanes.hpp"

namespace headroom::HEADROOM_SIMD_NAMESPACE {

constexpr double no_step_limit = 1e-30;  // inverse of a step length that nothing limits

template <int W> inline void add_to(double* slot, LanesOf<W> value) { store(slot, load<W>(slot) + value); }

template <int W> inline LanesOf<W> signed_by(bool lower, LanesOf<W> value) { return lower ? value : -value; }

template <int W> inline void clear(double* slots, int count) {
    for (int k = 0; k < count; ++k) store(slots + k * W, spread<W>(0));
}

template <int W> inline Scaling<W> load_scaling(const IterateView& v, int cone) {
    return {load_triple<W>(v.cone_scaling + 4 * cone * W), load<W>(v.cone_scaling + (4 * cone + 3) * W)};
}

/// The right side that brings what is in `multiplier`.
template <int W> inline void set_right(const IterateView& v) {
    for (int k = 0; k < v.size; ++k) {
        LanesOf<W> right = spread<W>(0);
        if (v.kind[k] == position_variable) {
            right = load<W>(v.multiplier + k * W);
        } else if (v.kind[k] == position_range) {
            const int r = v.range_of[k];
            right = load<W>(v.multiplier + (v.size + r) * W) * load<W>(v.inverse_range + r * W);
        }
        store(v.right + k * W, right);
        add_to(v.right_sum + k * W, right);
    }
}

}  // namespace headroom::HEADROOM_SIMD_NAMESPACE
