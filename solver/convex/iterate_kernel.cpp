// Assessment and predictor of one interior-point iteration, in lanes; interior_point.md has the equations. Compiled
// once per instruction set.

#include "solver/convex/iterate_kernel.hpp"

#include "solver/convex/iterate_lanes.hpp"
#include "solver/lanes/lane_math.hpp"

namespace headroom::HEADROOM_SIMD_NAMESPACE {
namespace {

constexpr double jammed_ratio = 0.8;  // by at least the third power of this
constexpr double free_row = 1e-20;    // curvature of an activity without bounds: its row constrains nothing

template <int W> inline void take_larger(double* slot, LanesOf<W> value) { store(slot, maximum(value, load<W>(slot))); }

template <int W> inline LanesOf<W> entry_value(const IterateView& v, int slot) {
    if (slot < v.shared_count) return spread<W>(v.shared[slot]);
    return load<W>(v.own + (slot - v.shared_count) * W);
}

/// What one lane's pass over the iterate adds up to.
template <int W> struct Sums {
    LanesOf<W> objective, turn, bound, complementarity;  // turn: c'x + x'Qx + x term'(x)
};

/// Multipliers and curvatures of the bounds, by quantity.
template <int W> void assess_pairs(const IterateView& v, Sums<W>& sums) {
    const LanesOf<W> one = spread<W>(1);
    for (int p = 0; p < v.pair_count; ++p) {
        const bool lower = p < v.lower_count;
        const int q = v.pair[p] * W;
        const LanesOf<W> s = load<W>(v.slack + p * W), z = load<W>(v.z + p * W), inverse = one / s;
        store(v.inverse_slack + p * W, inverse);
        add_to(v.curvature + q, z * inverse);
        add_to(v.multiplier + q, signed_by(lower, z));
        sums.complementarity = fused(s, z, sums.complementarity);
        sums.bound = fused(z, signed_by(lower, load<W>(v.state + q)) - s, sums.bound);
    }
}

/// w x^-a of a term and the term's own value.
template <int W> void assess_terms(const IterateView& v, Sums<W>& sums) {
    const LanesOf<W> one = spread<W>(1);
    for (int i = 0; i < v.term_count; ++i) {
        const int k = v.term[i] * W;
        const double a = v.exponent[i];
        const LanesOf<W> w = load<W>(v.weight + i * W);
        // Without weight the variable may be anything.
        const LanesOf<W> x = select(w > spread<W>(0), load<W>(v.state + k), one), inverse = one / x;
        const LanesOf<W> log = logarithm(x);
        const LanesOf<W> slope = a == 1 ? w * inverse : w * exponential(spread<W>(-a) * log);
        const LanesOf<W> value = a == 1 ? w * log : slope * x * spread<W>(1 / (1 - a));
        store(v.term_inverse + i * W, inverse);
        store(v.term_slope + i * W, slope);
        add_to(v.curvature + k, spread<W>(a) * slope * inverse);
        add_to(v.right + k, slope);
        sums.objective = sums.objective - value;
        sums.turn = fused(-slope, x, sums.turn);
    }
}

/// Scaling point and W^-2 = (2 (Jw)(Jw)' - J) / eta^2 of every cone.
template <int W> void assess_cones(const IterateView& v, Sums<W>& sums) {
    const LanesOf<W> one = spread<W>(1), two = spread<W>(2);
    for (int i = 0; i < v.cone_count; ++i) {
        const int* at = v.cone + 3 * i;
        const Triple<W> x = gather_triple<W>(v.state, at), z = load_triple<W>(v.cone_z + 3 * i * W);
        const Scaling<W> scaling = scaling_point(x, z);
        const Triple<W>& w = scaling.w;
        store_triple(v.cone_scaling + 4 * i * W, w);
        store(v.cone_scaling + (4 * i + 3) * W, scaling.eta);
        const LanesOf<W> inverse = one / (scaling.eta * scaling.eta), twice = two * inverse;
        double* diagonal = v.cone_diagonal + 3 * i * W;
        store(diagonal, inverse * (two * w.at[0] * w.at[0] - one));
        store(diagonal + W, inverse * (two * w.at[1] * w.at[1] + one));
        store(diagonal + 2 * W, inverse * (two * w.at[2] * w.at[2] + one));
        store(v.own_cone + (3 * i) * W, -(twice * w.at[0] * w.at[1]));
        store(v.own_cone + (3 * i + 1) * W, -(twice * w.at[0] * w.at[2]));
        store(v.own_cone + (3 * i + 2) * W, twice * w.at[1] * w.at[2]);
        sums.complementarity = sums.complementarity + dot(x, z);
    }
}

/// y of a range row is what the bounds of its activity say.
template <int W> void assess_ranges(const IterateView& v) {
    for (int r = 0; r < v.range_count; ++r) {
        const int q = (v.size + r) * W;
        store(v.state + v.range_position[r] * W, -load<W>(v.multiplier + q));
        store(v.inverse_range + r * W, spread<W>(1) / (load<W>(v.curvature + q) + spread<W>(free_row)));
    }
}

template <int W> inline LanesOf<W> row_times(const IterateView& v, const double* x, int begin, int end) {
    LanesOf<W> sum = spread<W>(0), other = sum;
    int e = begin;
    for (; e + 2 <= end; e += 2) {
        sum = fused(entry_value<W>(v, v.row_slot[e]), load<W>(x + v.row_column[e] * W), sum);
        other = fused(entry_value<W>(v, v.row_slot[e + 1]), load<W>(x + v.row_column[e + 1] * W), other);
    }
    if (e < end) sum = fused(entry_value<W>(v, v.row_slot[e]), load<W>(x + v.row_column[e] * W), sum);
    return sum + other;
}

/// Residual, diagonal of K and right side of a variable's position. `right` holds slopes of terms on entry.
template <int W> void assess_variable(const IterateView& v, int k, Sums<W>& sums) {
    const LanesOf<W> x = load<W>(v.state + k * W), c = load<W>(v.linear + k * W), unscale = load<W>(v.unscale + k * W);
    const LanesOf<W> minus_ay = row_times<W>(v, v.state, v.row_start[k], v.row_middle[k]);
    const int slot = v.diagonal_slot[k];
    const LanesOf<W> qd = slot < 0 ? spread<W>(0) : entry_value<W>(v, slot);
    const LanesOf<W> qx = fused(qd, x, row_times<W>(v, v.state, v.row_middle[k], v.row_start[k + 1]));
    const LanesOf<W> z = load<W>(v.multiplier + k * W), slope = load<W>(v.right + k * W);
    const LanesOf<W> gradient = c + qx + minus_ay - slope;
    sums.objective = fused(x, fused(spread<W>(0.5), qx, c), sums.objective);
    sums.turn = fused(x, c + qx, sums.turn);
    take_larger(v.measure + measure_dual * W, magnitude(gradient - z) * unscale);
    const LanesOf<W> largest =
        maximum(maximum(magnitude(c), magnitude(qx)), maximum(magnitude(minus_ay), magnitude(z)));
    take_larger(v.measure + measure_dual_scale * W, maximum(largest, magnitude(slope)) * unscale);
    take_larger(v.measure + measure_ray * W, magnitude(minus_ay - z) * unscale);
    store(v.right + k * W, -gradient);
    const LanesOf<W> least = load<W>(v.curvature + k * W) + spread<W>(v.regularisation_primal);
    store(v.least + k * W, least);
    const LanesOf<W> augmented = v.augmentation == nullptr ? spread<W>(0) : load<W>(v.augmentation + k * W);
    store(v.diagonal + k * W, least + qd + augmented);
}

template <int W> void assess_row(const IterateView& v, int k, Sums<W>& sums) {
    const LanesOf<W> ax = row_times<W>(v, v.state, v.row_start[k], v.row_middle[k]), y = load<W>(v.state + k * W);
    const LanesOf<W> delta = spread<W>(v.regularisation_dual), unscale = load<W>(v.unscale + k * W);
    LanesOf<W> aim, shift = spread<W>(0), diagonal = -delta;
    if (v.kind[k] == position_equation) {
        aim = load<W>(v.linear + k * W);
        sums.bound = fused(-aim, y, sums.bound);
    } else {
        const int r = v.range_of[k];
        const LanesOf<W> inverse = load<W>(v.inverse_range + r * W);
        aim = load<W>(v.state + (v.size + r) * W);
        shift = y * inverse;
        diagonal = diagonal - inverse;
    }
    const LanesOf<W> residual = aim - ax;
    take_larger(v.measure + measure_primal * W, magnitude(residual) * unscale);
    take_larger(v.measure + measure_primal_scale * W, maximum(magnitude(ax), magnitude(aim)) * unscale);
    store(v.right + k * W, residual + shift);
    store(v.least + k * W, diagonal);
    store(v.diagonal + k * W, diagonal);
}

/// Multipliers of cones enter the residual of their variables but, like those of bounds, not the right side.
template <int W> void gather_cone_multipliers(const IterateView& v) {
    for (int i = 0; i < 3 * v.cone_count; ++i) add_to(v.multiplier + v.cone[i] * W, load<W>(v.cone_z + i * W));
}

/// The right side of augmented equations: a' times the residual.
template <int W> void augment_right(const IterateView& v) {
    for (int i = 0; i < v.augmented_count; ++i) {
        const int k = v.augmented[i];
        const LanesOf<W> residual = load<W>(v.right + k * W);
        for (int e = v.row_start[k]; e < v.row_middle[k]; ++e) {
            double* right = v.right + v.row_column[e] * W;
            store(right, fused(entry_value<W>(v, v.row_slot[e]), residual, load<W>(right)));
        }
    }
}

template <int W> void assess(const IterateView& v) {
    const int quantities = v.size + v.range_count;
    clear<W>(v.multiplier, quantities);
    clear<W>(v.curvature, quantities);
    clear<W>(v.right, v.size);
    clear<W>(v.measure, measure_count);
    Sums<W> sums{spread<W>(0), spread<W>(0), spread<W>(0), spread<W>(0)};
    assess_pairs<W>(v, sums);
    assess_terms<W>(v, sums);
    assess_cones<W>(v, sums);
    assess_ranges<W>(v);
    gather_cone_multipliers<W>(v);
    for (int k = 0; k < v.size; ++k) {
        if (v.kind[k] == position_variable) {
            assess_variable<W>(v, k, sums);
        } else {
            assess_row<W>(v, k, sums);
        }
    }
    augment_right<W>(v);
    for (int k = 0; k < v.size; ++k) store(v.right_sum + k * W, load<W>(v.right + k * W));
    for (int i = 0; i < 3 * v.cone_count; ++i) add_to(v.diagonal + v.cone[i] * W, load<W>(v.cone_diagonal + i * W));
    store(v.measure + measure_objective * W, sums.objective);
    store(v.measure + measure_gap * W, sums.turn - sums.bound);
    store(v.measure + measure_complementarity * W, sums.complementarity);
    store(v.measure + measure_bound * W, sums.bound);
}

/// Inverse step lengths to the boundary, and the change of complementarity along the step.
template <int W> struct Trial { LanesOf<W> primal, dual, by_primal, by_dual, by_both; };

/// The affine step of the bounds, z + dz = -z/s ds.
template <int W> void predict_pairs(const IterateView& v, Trial<W>& trial) {
    const LanesOf<W> one = spread<W>(1);
    for (int p = 0; p < v.pair_count; ++p) {
        const LanesOf<W> ds = signed_by(p < v.lower_count, load<W>(v.step + v.pair[p] * W));
        const LanesOf<W> s = load<W>(v.slack + p * W), z = load<W>(v.z + p * W);
        const LanesOf<W> relative = ds * load<W>(v.inverse_slack + p * W), dz = -(z * (one + relative));
        const LanesOf<W> both = ds * dz;
        trial.primal = maximum(trial.primal, -relative);
        trial.dual = maximum(trial.dual, one + relative);
        trial.by_primal = fused(ds, z, trial.by_primal);
        trial.by_dual = fused(s, dz, trial.by_dual);
        trial.by_both = trial.by_both + both;
        store(v.dz + p * W, dz);
        store(v.correction + p * W, both);
    }
}

/// Second order of w x^-a along the affine step.
template <int W> void predict_terms(const IterateView& v, Trial<W>& trial) {
    for (int i = 0; i < v.term_count; ++i) {
        const double a = v.exponent[i];
        const LanesOf<W> relative = load<W>(v.step + v.term[i] * W) * load<W>(v.term_inverse + i * W);
        trial.primal = maximum(trial.primal, -relative);
        // Beyond x doubled or gone the second order says nothing.
        const LanesOf<W> near = maximum(minimum(relative, spread<W>(1)), spread<W>(-1));
        store(v.term_correction + i * W, spread<W>(0.5 * a * (a + 1)) * load<W>(v.term_slope + i * W) * near * near);
    }
}

template <int W> void predict_cones(const IterateView& v, Trial<W>& trial) {
    for (int i = 0; i < v.cone_count; ++i) {
        const int* at = v.cone + 3 * i;
        const Scaling<W> scaling = load_scaling<W>(v, i);
        const Triple<W> x = gather_triple<W>(v.state, at), dx = gather_triple<W>(v.step, at);
        const Triple<W> z = load_triple<W>(v.cone_z + 3 * i * W), relative = divided(scaling, dx);
        const Triple<W> dz = scaled(spread<W>(-1), z + divided(scaling, relative));
        trial.primal = maximum(trial.primal, inverse_step(x, dx));
        trial.dual = maximum(trial.dual, inverse_step(z, dz));
        trial.by_primal = trial.by_primal + dot(dx, z);
        trial.by_dual = trial.by_dual + dot(x, dz);
        trial.by_both = trial.by_both + dot(dx, dz);
        store_triple(v.cone_dz + 3 * i * W, dz);
        store_triple(v.cone_correction + 3 * i * W, product(relative, times(scaling, dz)));
    }
}

/// Activities of range rows follow from the multipliers' step; `multiplier` holds what the corrector adds.
template <int W> void step_ranges(const IterateView& v) {
    for (int r = 0; r < v.range_count; ++r) {
        const int k = v.range_position[r] * W, q = (v.size + r) * W;
        const LanesOf<W> y = load<W>(v.state + k) + load<W>(v.step + k);
        store(v.step + q, (load<W>(v.multiplier + q) + y) * load<W>(v.inverse_range + r * W));
    }
}

/// Lanes whose last step was short: products of slacks and multipliers lie far apart and have to be centred first.
template <int W> MaskOf<W> jammed(const IterateView& v) {
    return minimum(load<W>(v.length), load<W>(v.length + W)) < spread<W>(v.short_step);
}

/// Mehrotra's centring parameter times mu.
template <int W> LanesOf<W> centring(const IterateView& v, const Trial<W>& trial) {
    const LanesOf<W> zero = spread<W>(0), one = spread<W>(1);
    if (v.degree == 0) return zero;
    LanesOf<W> primal = minimum(one, one / trial.primal), dual = minimum(one, one / trial.dual);
    if (!v.separate_steps) primal = dual = minimum(primal, dual);
    const LanesOf<W> now = load<W>(v.measure + measure_complementarity * W);
    const LanesOf<W> then = now + primal * trial.by_primal + dual * trial.by_dual + primal * dual * trial.by_both;
    LanesOf<W> ratio = minimum(one, maximum(then, zero) / now);
    ratio = select(jammed<W>(v), maximum(ratio, spread<W>(jammed_ratio)), ratio);
    // Products far below what is asked for would only spread the diagonal of K further than double precision bears.
    const LanesOf<W> objective = magnitude(load<W>(v.measure + measure_objective * W));
    const LanesOf<W> enough = spread<W>(v.target_share) * (spread<W>(v.objective_unit) + objective);
    return maximum(ratio * ratio * ratio * now, enough) * spread<W>(1 / v.degree);
}

/// What the corrector adds to the right side of every quantity, into `multiplier`.
template <int W> void gather_corrections(const IterateView& v, LanesOf<W> target) {
    clear<W>(v.multiplier, v.size + v.range_count);
    const LanesOf<W> second_order = select(jammed<W>(v), spread<W>(0), spread<W>(1));
    for (int p = 0; p < v.pair_count; ++p) {
        const LanesOf<W> inverse = load<W>(v.inverse_slack + p * W);
        const LanesOf<W> c = (target - second_order * load<W>(v.correction + p * W)) * inverse;
        store(v.correction + p * W, c);
        add_to(v.multiplier + v.pair[p] * W, signed_by(p < v.lower_count, c));
    }
    for (int i = 0; i < v.term_count; ++i)
        add_to(v.multiplier + v.term[i] * W, second_order * load<W>(v.term_correction + i * W));
    for (int i = 0; i < v.cone_count; ++i) {
        const Scaling<W> scaling = load_scaling<W>(v, i);
        const Triple<W> lambda = times(scaling, load_triple<W>(v.cone_z + 3 * i * W));
        Triple<W> aim = scaled(-second_order, load_triple<W>(v.cone_correction + 3 * i * W));
        aim.at[0] = aim.at[0] + target;
        const Triple<W> c = divided(scaling, quotient(lambda, aim));
        store_triple(v.cone_correction + 3 * i * W, c);
        for (int j = 0; j < 3; ++j) add_to(v.multiplier + v.cone[3 * i + j] * W, c.at[j]);
    }
}

template <int W> void predict(const IterateView& v) {
    // Nothing is added to the activities' multipliers in the affine step.
    clear<W>(v.multiplier + v.size * W, v.range_count);
    step_ranges<W>(v);
    const LanesOf<W> zero = spread<W>(0), limit = spread<W>(no_step_limit);
    Trial<W> trial{limit, limit, zero, zero, zero};
    predict_pairs<W>(v, trial);
    predict_terms<W>(v, trial);
    predict_cones<W>(v, trial);
    const LanesOf<W> target = centring(v, trial);
    store(v.target, target);
    gather_corrections<W>(v, target);
    set_right<W>(v);
}

}  // namespace

void assess_kernel(const IterateView& view) {
    for_width(view.width, [&](auto width) { assess<width.value>(view); });
}
void predict_kernel(const IterateView& view) {
    for_width(view.width, [&](auto width) { predict<width.value>(view); });
}

}  // namespace headroom::HEADROOM_SIMD_NAMESPACE
