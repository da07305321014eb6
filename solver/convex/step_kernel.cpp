// The step of one interior-point iteration, in lanes: how much of the correctors it takes, and how far it goes;
// interior_point.md has the equations. Compiled once per instruction set.

#include "solver/convex/iterate_kernel.hpp"
#include "solver/convex/iterate_lanes.hpp"

namespace headroom::HEADROOM_SIMD_NAMESPACE {
namespace {

constexpr double term_growth = 16;     // in one step, x of a logarithm becomes 17 times larger or smaller at most
constexpr double longer = 1.02;        // a smaller share of a corrector has to bring this much more
constexpr double reach_further = 0.3;  // than the step at hand, when products are looked at
constexpr double product_least = 0.1, product_largest = 10.0;  // of their target

/// Shares of a corrector that are tried, preferred ones first.
constexpr int share_count = 4;
constexpr double shares[][share_count] = {{1.0, 1.0, 1.0, 1.0},    // addition_whole
                                          {1.0, 0.7, 0.4, 0.15},   // addition_corrector
                                          {0.0, 1.0, 0.6, 0.25}};  // addition_recentring

/// Largest -dz / z so far, as a fraction: no division until the end.
template <int W> struct Steepest {
    LanesOf<W> fall, z;
    void look(LanesOf<W> other_fall, LanesOf<W> other_z) {
        const MaskOf<W> steeper = fall * other_z < other_fall * z;
        fall = select(steeper, other_fall, fall);
        z = select(steeper, other_z, z);
    }
};

/// Inverse step lengths of one candidate.
template <int W> struct Reach {
    LanesOf<W> primal = spread<W>(no_step_limit), cone_dual = spread<W>(no_step_limit);
    Steepest<W> dual{spread<W>(no_step_limit), spread<W>(1)};
};

template <int W> struct Lengths { LanesOf<W> primal, dual; };

template <int W> Lengths<W> lengths(const IterateView& v, const Reach<W>& reach) {
    const LanesOf<W> one = spread<W>(1), fraction = spread<W>(v.step_fraction);
    const LanesOf<W> primal = minimum(one, fraction / reach.primal);
    const LanesOf<W> dual =
        minimum(one, minimum(fraction * reach.dual.z / reach.dual.fall, fraction / reach.cone_dual));
    if (v.separate_steps) return {primal, dual};
    return {minimum(primal, dual), minimum(primal, dual)};
}

template <int W> inline LanesOf<W> mixed(LanesOf<W> base, LanesOf<W> extra, double share) {
    return fused(spread<W>(share), extra, base);
}
template <int W> inline Triple<W> mixed(const Triple<W>& base, const Triple<W>& extra, double share) {
    return base + scaled(spread<W>(share), extra);
}

/// Newton's step in a term means something only while x changes by a moderate factor; the steeper the power, the less.
template <int W> LanesOf<W> needed_by_term(LanesOf<W> relative, double exponent) {
    const double growth = 1 + term_growth / exponent, rise = growth - 1, fall = 1 - 1 / growth;
    return maximum(relative * spread<W>(1 / rise), relative * spread<W>(-1 / fall));
}

/// What `extra` does to the multipliers of the bounds (correction becomes dz), and how far every share of it goes.
template <int W> void try_pairs(const IterateView& v, const double* share, Reach<W>* reach) {
    for (int p = 0; p < v.pair_count; ++p) {
        const bool lower = p < v.lower_count;
        const int q = v.pair[p] * W;
        const LanesOf<W> inverse = load<W>(v.inverse_slack + p * W), z = load<W>(v.z + p * W);
        const LanesOf<W> base = signed_by(lower, load<W>(v.step + q)) * inverse,
                         extra = signed_by(lower, load<W>(v.extra + q)) * inverse;
        const LanesOf<W> dz = load<W>(v.dz + p * W), dz_extra = load<W>(v.correction + p * W) - z * extra;
        store(v.correction + p * W, dz_extra);
        for (int k = 0; k < share_count; ++k) {
            reach[k].primal = maximum(reach[k].primal, -mixed<W>(base, extra, share[k]));
            reach[k].dual.look(-mixed<W>(dz, dz_extra, share[k]), z);
        }
    }
}

template <int W> void try_terms(const IterateView& v, const double* share, Reach<W>* reach) {
    for (int i = 0; i < v.term_count; ++i) {
        const LanesOf<W> inverse = load<W>(v.term_inverse + i * W);
        const LanesOf<W> base = load<W>(v.step + v.term[i] * W) * inverse,
                         extra = load<W>(v.extra + v.term[i] * W) * inverse;
        const MaskOf<W> counts = load<W>(v.weight + i * W) > spread<W>(0);
        for (int k = 0; k < share_count; ++k) {
            const LanesOf<W> needed = needed_by_term<W>(mixed<W>(base, extra, share[k]), v.exponent[i]);
            reach[k].primal = maximum(reach[k].primal, select(counts, needed, reach[k].primal));
        }
    }
}

template <int W> void try_cones(const IterateView& v, const double* share, Reach<W>* reach) {
    for (int i = 0; i < v.cone_count; ++i) {
        const int* at = v.cone + 3 * i;
        const Scaling<W> scaling = load_scaling<W>(v, i);
        const Triple<W> x = gather_triple<W>(v.state, at), z = load_triple<W>(v.cone_z + 3 * i * W);
        const Triple<W> dx = gather_triple<W>(v.step, at), dx_extra = gather_triple<W>(v.extra, at);
        const Triple<W> dz = load_triple<W>(v.cone_dz + 3 * i * W);
        const Triple<W> dz_extra =
            load_triple<W>(v.cone_correction + 3 * i * W) - divided(scaling, divided(scaling, dx_extra));
        store_triple(v.cone_correction + 3 * i * W, dz_extra);
        for (int k = 0; k < share_count; ++k) {
            reach[k].primal = maximum(reach[k].primal, inverse_step(x, mixed<W>(dx, dx_extra, share[k])));
            reach[k].cone_dual = maximum(reach[k].cone_dual, inverse_step(z, mixed<W>(dz, dz_extra, share[k])));
        }
    }
}

/// Activities follow from the multipliers' part of `extra`; `multiplier` holds what the corrector adds.
template <int W> void extend_to_ranges(const IterateView& v) {
    for (int r = 0; r < v.range_count; ++r) {
        const int k = v.range_position[r] * W, q = (v.size + r) * W;
        store(v.extra + q, (load<W>(v.multiplier + q) + load<W>(v.extra + k)) * load<W>(v.inverse_range + r * W));
    }
}

template <int W> inline void add_share(double* slot, LanesOf<W> share, const double* extra) {
    store(slot, fused(share, load<W>(extra), load<W>(slot)));
}

template <int W> void add_shares(const IterateView& v, LanesOf<W> primal, LanesOf<W> dual) {
    for (int p = 0; p < v.pair_count; ++p) add_share<W>(v.dz + p * W, dual, v.correction + p * W);
    for (int i = 0; i < 3 * v.cone_count; ++i) add_share<W>(v.cone_dz + i * W, dual, v.cone_correction + i * W);
    for (int k = 0; k < v.size; ++k)
        add_share<W>(v.step + k * W, v.kind[k] == position_variable ? primal : dual, v.extra + k * W);
    for (int k = v.size; k < v.size + v.range_count; ++k) add_share<W>(v.step + k * W, primal, v.extra + k * W);
}

/// Adds to the step the share of `extra` with which it goes furthest.
template <int W> void combine(const IterateView& v) {
    const double* share = shares[static_cast<int>(v.addition)];
    extend_to_ranges<W>(v);
    Reach<W> reach[share_count];
    try_pairs<W>(v, share, reach);
    try_terms<W>(v, share, reach);
    try_cones<W>(v, share, reach);
    const LanesOf<W> threshold = spread<W>(longer);
    Lengths<W> best = lengths(v, reach[0]);
    LanesOf<W> primal_share = spread<W>(share[0]), dual_share = primal_share;
    for (int k = 1; k < share_count; ++k) {
        const Lengths<W> other = lengths(v, reach[k]);
        const MaskOf<W> primal_better = other.primal > threshold * best.primal,
                        dual_better = other.dual > threshold * best.dual;
        best.primal = select(primal_better, other.primal, best.primal);
        primal_share = select(primal_better, spread<W>(share[k]), primal_share);
        best.dual = select(dual_better, other.dual, best.dual);
        dual_share = select(dual_better, spread<W>(share[k]), dual_share);
    }
    add_shares<W>(v, primal_share, dual_share);
    store(v.length, best.primal);
    store(v.length + W, best.dual);
}

/// Gondzio's corrector: products of slack and multiplier that a somewhat longer step would leave far from their target
/// are drawn towards it.
template <int W> void recentre(const IterateView& v) {
    clear<W>(v.multiplier, v.size + v.range_count);
    clear<W>(v.cone_correction, 3 * v.cone_count);
    const LanesOf<W> one = spread<W>(1), further = spread<W>(reach_further), target = load<W>(v.target);
    const LanesOf<W> low = spread<W>(product_least) * target, high = spread<W>(product_largest) * target;
    const LanesOf<W> primal = minimum(one, load<W>(v.length) + further),
                     dual = minimum(one, load<W>(v.length + W) + further);
    for (int p = 0; p < v.pair_count; ++p) {
        const bool lower = p < v.lower_count;
        const int q = v.pair[p] * W;
        const LanesOf<W> s = fused(primal, signed_by(lower, load<W>(v.step + q)), load<W>(v.slack + p * W));
        const LanesOf<W> z = fused(dual, load<W>(v.dz + p * W), load<W>(v.z + p * W)), product = s * z;
        const LanesOf<W> wish = maximum(minimum(maximum(product, low), high) - product, -high);
        const LanesOf<W> correction = wish * load<W>(v.inverse_slack + p * W);
        store(v.correction + p * W, correction);
        add_to(v.multiplier + q, signed_by(lower, correction));
    }
    set_right<W>(v);
}

/// How far the step goes as it has been added up.
template <int W> Lengths<W> final_lengths(const IterateView& v) {
    Reach<W> reach;
    for (int p = 0; p < v.pair_count; ++p) {
        const LanesOf<W> ds = signed_by(p < v.lower_count, load<W>(v.step + v.pair[p] * W));
        reach.primal = maximum(reach.primal, -(ds * load<W>(v.inverse_slack + p * W)));
        reach.dual.look(-load<W>(v.dz + p * W), load<W>(v.z + p * W));
    }
    for (int i = 0; i < v.term_count; ++i) {
        const LanesOf<W> relative = load<W>(v.step + v.term[i] * W) * load<W>(v.term_inverse + i * W);
        const MaskOf<W> counts = load<W>(v.weight + i * W) > spread<W>(0);
        const LanesOf<W> needed = needed_by_term<W>(relative, v.exponent[i]);
        reach.primal = maximum(reach.primal, select(counts, needed, reach.primal));
    }
    for (int i = 0; i < v.cone_count; ++i) {
        const int* at = v.cone + 3 * i;
        reach.primal = maximum(reach.primal, inverse_step(gather_triple<W>(v.state, at), gather_triple<W>(v.step, at)));
        reach.cone_dual = maximum(
            reach.cone_dual, inverse_step(load_triple<W>(v.cone_z + 3 * i * W), load_triple<W>(v.cone_dz + 3 * i * W)));
    }
    return lengths(v, reach);
}

template <int W> void move(double* slot, LanesOf<W> length, LanesOf<W> step) {
    store(slot, fused(length, step, load<W>(slot)));
}

template <int W> void advance(const IterateView& v) {
    const Lengths<W> far = final_lengths<W>(v);
    const MaskOf<W> moves = load<W>(v.live) > spread<W>(0);
    const LanesOf<W> primal = select(moves, far.primal, spread<W>(0)), dual = select(moves, far.dual, spread<W>(0));
    store(v.length, primal);
    store(v.length + W, dual);
    for (int p = 0; p < v.pair_count; ++p) {
        move(v.slack + p * W, primal, signed_by(p < v.lower_count, load<W>(v.step + v.pair[p] * W)));
        move(v.z + p * W, dual, load<W>(v.dz + p * W));
    }
    for (int i = 0; i < 3 * v.cone_count; ++i) move(v.cone_z + i * W, dual, load<W>(v.cone_dz + i * W));
    for (int k = 0; k < v.size; ++k)
        move(v.state + k * W, v.kind[k] == position_variable ? primal : dual, load<W>(v.step + k * W));
    for (int k = v.size; k < v.size + v.range_count; ++k) move(v.state + k * W, primal, load<W>(v.step + k * W));
}

}  // namespace

void combine_kernel(const IterateView& view) {
    for_width(view.width, [&](auto width) { combine<width.value>(view); });
}
void recentre_kernel(const IterateView& view) {
    for_width(view.width, [&](auto width) { recentre<width.value>(view); });
}
void advance_kernel(const IterateView& view) {
    for_width(view.width, [&](auto width) { advance<width.value>(view); });
}

}  // namespace headroom::HEADROOM_SIMD_NAMESPACE
