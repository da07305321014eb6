// Complex triangular solves with one factor for eight right sides. Compiled once per instruction set.

#include "solver/ldl/ldl_kernel.hpp"

#include "solver/lanes/lanes.hpp"

namespace headroom::HEADROOM_SIMD_NAMESPACE {
namespace {

constexpr int W = 8, slot = 2 * W;
alignas(64) constexpr double nothing[slot] = {};

/// A sum of products of a shared factor and lane numbers, apart by which parts they are of: each sum waits for one
/// multiply-add per entry, and the factor is spread as it is loaded, which a factor with its sign changed is not.
struct Products {
    Lanes re_re = spread(0), im_im = spread(0), re_im = spread(0), im_re = spread(0);

    inline __attribute__((always_inline)) void take(const double* factor, const double* x) {
        const Lanes a = spread(factor[0]), b = spread(factor[1]), x_re = load(x), x_im = load(x + W);
        re_re = fused(a, x_re, re_re);
        im_im = fused(b, x_im, im_im);
        re_im = fused(a, x_im, re_im);
        im_re = fused(b, x_re, im_re);
    }
    Lanes real() const { return re_re - im_im; }
    Lanes imaginary() const { return re_im + im_re; }
};

/// right := L^-1 right over [first, size).
void forward(const LdlView& v) {
    double* right = v.right - v.first * slot;
    for (int k = v.first; k < v.size; ++k) {
        const double* start = v.given[k - v.first] != 0 ? right + k * slot : nothing;
        Products sum;
        for (int e = v.row_start[k - v.first]; e < v.row_start[k - v.first + 1]; ++e)
            sum.take(v.row_value + 2 * e, right + v.row_column[e] * slot);
        store(right + k * slot, load(start) - sum.real());
        store(right + k * slot + W, load(start + W) - sum.imaginary());
    }
}

/// Column k of L' times the solution.
inline __attribute__((always_inline)) Products column(const LdlView& v, int k) {
    Products sum;
    for (int e = v.column_start[k]; e < v.column_start[k + 1]; ++e)
        sum.take(v.column_value + 2 * e, v.solution + v.column_row[e] * slot);
    return sum;
}

/// solution := L'^-1 D^-1 right over [first, size), frozen lanes left as they are.
template <bool some_frozen> void backward(const LdlView& v) {
    const Mask moving = load(v.frozen) <= spread(0);
    const double* right = v.right - v.first * slot;
    Lanes largest = spread(0);
    for (int k = v.size - 1; k >= v.first; --k) {
        const Lanes a = spread(v.inverse_pivot[2 * k]), b = spread(v.inverse_pivot[2 * k + 1]);
        const Lanes r_re = load(right + k * slot), r_im = load(right + k * slot + W);
        const Products sum = column(v, k);
        double* x = v.solution + k * slot;
        Lanes re = fused(a, r_re, -(b * r_im)) - sum.real(), im = fused(a, r_im, b * r_re) - sum.imaginary();
        if (!some_frozen && v.inverse_scale[k] == 0.0) {
            store(x, re);
            store(x + W, im);
            continue;
        }
        const Lanes old_re = load(x), old_im = load(x + W);
        if constexpr (some_frozen) {
            re = select(moving, re, old_re);
            im = select(moving, im, old_im);
        }
        store(x, re);
        store(x + W, im);
        if (v.inverse_scale[k] == 0.0) continue;
        const Lanes d_re = re - old_re, d_im = im - old_im, scale = spread(v.inverse_scale[k]);
        const Lanes squared = fused(d_re, d_re, d_im * d_im) * (scale * scale);
        // A lane that is no number any more must not pass for one at rest.
        largest = select(squared <= largest, largest, squared);
    }
    store(v.change, root(largest));
}

}  // namespace

void ldl_solve_kernel(const LdlView& view) {
    forward(view);
    if (any(~(load(view.frozen) <= spread(0))))
        backward<true>(view);
    else
        backward<false>(view);
}

/// Solution of the early block from the later one, where its right side is zero.
void ldl_expand_kernel(const LdlView& v) {
    for (int k = v.first - 1; k >= 0; --k) {
        const Products sum = column(v, k);
        store(v.solution + k * slot, -sum.real());
        store(v.solution + k * slot + W, -sum.imaginary());
    }
}

}  // namespace headroom::HEADROOM_SIMD_NAMESPACE
