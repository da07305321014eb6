// Factorisation and solves of the KKT matrix in lanes; kkt.md explains the order of the work. Compiled once per
// instruction set.

#include "solver/kkt/kkt_kernel.hpp"

#include "solver/lanes/lanes.hpp"

namespace headroom::HEADROOM_SIMD_NAMESPACE {
namespace {

/// Value of a slot of K: one for all lanes, or one each.
template <int W> inline LanesOf<W> entry_value(const KktView& v, int slot) {
    if (slot < v.shared_count) return spread<W>(v.shared[slot]);
    return load<W>(v.own + (slot - v.shared_count) * W);
}

template <int W> inline void add_to(double* slot, LanesOf<W> value) { store(slot, load<W>(slot) + value); }

/// What the sources of a column have taken from its pivot and from its right side.
template <int W> struct ColumnState { LanesOf<W> pivot, right; };

/// Takes `count` sources with the same remaining rows out of column work: work -= L_j D_j L_kj.
template <int W, int count>
inline __attribute__((always_inline)) void sweep(const KktView& v, int q, ColumnState<W>& state) {
    LanesOf<W> taken[count];
    const double* tail[count];
#pragma GCC unroll 4
    for (int i = 0; i < count; ++i) {
        const int j = v.source[q + i], e = v.source_entry[q + i];
        const LanesOf<W> l = load<W>(v.factor + e * W);
        taken[i] = -(l * load<W>(v.pivot + j * W));
        state.pivot = fused(taken[i], l, state.pivot);
        state.right = fused(-l, load<W>(v.right + j * W), state.right);
        tail[i] = v.factor + (e + 1) * W;
    }
    const int first = v.source_entry[q] + 1, rows = v.column_start[v.source[q] + 1] - first;
    const int* row = v.row + first;
    for (int t = 0; t < rows; ++t) {
        double* work = v.column + row[t] * W;
        LanesOf<W> sum = load<W>(work);
#pragma GCC unroll 4
        for (int i = 0; i < count; ++i) sum = fused(taken[i], load<W>(tail[i] + t * W), sum);
        store(work, sum);
    }
}

template <int W> void factor(const KktView& v) {
    const LanesOf<W> zero = spread<W>(0), one = spread<W>(1);
    for (int k = 0; k < v.size; ++k) {
        const int begin = v.column_start[k], end = v.column_start[k + 1];
        for (int t = begin; t < end; ++t) store(v.column + v.row[t] * W, zero);
        for (int e = v.entry_start[k]; e < v.entry_start[k + 1]; ++e)
            add_to(v.column + v.entry_row[e] * W, entry_value<W>(v, v.entry_slot[e]));
        ColumnState<W> state{load<W>(v.diagonal + k * W), load<W>(v.right + k * W)};
        for (int q = v.source_start[k]; q < v.source_start[k + 1];) {
            const int run = v.source_run[q];
            switch (run) {
                case 4: sweep<W, 4>(v, q, state); break;
                case 2: sweep<W, 2>(v, q, state); break;
                default: sweep<W, 1>(v, q, state); break;
            }
            q += run;
        }
        // In exact arithmetic no pivot comes nearer to zero than this; rounding must not bring it there.
        const LanesOf<W> least = load<W>(v.least + k * W);
        const LanesOf<W> pivot = select(least > zero, maximum(state.pivot, least), minimum(state.pivot, least));
        const LanesOf<W> inverse = one / pivot;
        store(v.pivot + k * W, pivot);
        store(v.inverse_pivot + k * W, inverse);
        store(v.right + k * W, state.right);
        for (int t = begin; t < end; ++t) store(v.factor + t * W, load<W>(v.column + v.row[t] * W) * inverse);
    }
}

template <int W> void forward(const KktView& v) {
    for (int k = 0; k < v.size; ++k) {
        const LanesOf<W> r = -load<W>(v.right + k * W);
        for (int t = v.column_start[k]; t < v.column_start[k + 1]; ++t) {
            double* target = v.right + v.row[t] * W;
            store(target, fused(r, load<W>(v.factor + t * W), load<W>(target)));
        }
    }
}

template <int W> void backward(const KktView& v) {
    for (int k = v.size - 1; k >= 0; --k) {
        LanesOf<W> r = load<W>(v.right + k * W) * load<W>(v.inverse_pivot + k * W), other = spread<W>(0);
        int t = v.column_start[k];
        const int end = v.column_start[k + 1];
        for (; t + 2 <= end; t += 2) {
            r = fused(-load<W>(v.factor + t * W), load<W>(v.solution + v.row[t] * W), r);
            other = fused(-load<W>(v.factor + (t + 1) * W), load<W>(v.solution + v.row[t + 1] * W), other);
        }
        if (t < end) r = fused(-load<W>(v.factor + t * W), load<W>(v.solution + v.row[t] * W), r);
        store(v.solution + k * W, r + other);
    }
}

}  // namespace

void factor_kernel(const KktView& view) {
    for_width(view.width, [&](auto width) { factor<width.value>(view); });
}
void forward_kernel(const KktView& view) {
    for_width(view.width, [&](auto width) { forward<width.value>(view); });
}
void backward_kernel(const KktView& view) {
    for_width(view.width, [&](auto width) { backward<width.value>(view); });
}

}  // namespace headroom::HEADROOM_SIMD_NAMESPACE
