#pragma once

// The view that crosses into the iteration kernels: plain pointers only (solver/lanes/lanes.hpp says why). Arrays of
// lanes are [slot x width]. interior_point.md gives the equations by number.

namespace headroom {

/// What assess tells about every lane; residuals in the original units of the problem.
enum Measure : int {
    measure_primal,           // largest violated equation, or difference of a row's activity and its slack variable
    measure_primal_scale,     // largest |A x|, |b|
    measure_dual,             // largest |Qx + c + term' - A'y - z|
    measure_dual_scale,       // largest |c|, |Qx|, |A'y|, |z|, |term'|
    measure_objective,        // primal
    measure_gap,              // primal minus dual objective
    measure_complementarity,  // sum of s z over bounds and cones
    measure_bound,            // what the bounds picked by the multipliers add up to (Farkas)
    measure_ray,              // largest |A'y + z|, the residual of the Farkas proof
    measure_count,
};

struct IterateView {
    int width;
    // Positions [0, size) are those of KktView; quantity size + r is the activity t_r of range row r.
    int size, range_count, lower_count, pair_count, term_count, cone_count;
    double degree;              // number of pairs and cones
    bool separate_steps;        // primal and dual step lengths may differ (linear objective)
    char addition;              // Addition: what `extra` is
    const char* kind;           // [#size] PositionKind
    const int* range_position;  // [#range]
    const int* range_of;        // [#size] range row of a position, -1 for others
    const int* pair;            // [#pair] quantity; lower bounds first
    const int* term;            // [#term] position
    const double* exponent;     // [#term]
    const int* cone;            // [3 #cone] positions
    // K's rows without the diagonal: [row_start, row_middle) entries of A, [row_middle, next row_start) of Q.
    const int *row_start, *row_middle, *row_column, *row_slot;
    const int* diagonal_slot;  // [#size] slot of Q's diagonal, -1: zero
    int augmented_count;
    const int* augmented;  // [#augmented] positions of ConvexPlan::augmented
    int shared_count;
    const double *shared, *own;  // as in KktView
    const double* unscale;       // [#size x lane] from scaled residuals to original ones
    double* own_cone;            // [3 #cone x lane] slots of the cones: (b,a) (c,a) (c,b) of each

    const double* linear;  // [#size x lane] c at variables, b at equations
    const double* weight;  // [#term x lane]
    const double* live;    // [1 x lane] 1: moves
    double regularisation_primal, regularisation_dual, step_fraction;
    double target_share;    // least complementarity aimed at, of objective_unit + |objective|
    double short_step;      // after a step shorter than this the next one centres
    double objective_unit;  // one unit of the original objective

    double* state;       // [#quantity x lane] x; -y at rows; t
    double* multiplier;  // [#quantity x lane] sums over the bounds of a quantity: of their signed multipliers, later of
                         // the signed corrections
    double* curvature;   // [#quantity x lane] sum of z/s and of the terms'
    double* slack;       // [#pair x lane]
    double* z;           // [#pair x lane] >= 0
    double* inverse_slack;
    double* correction;    // [#pair x lane] what a corrector adds to z, later to dz
    double* dz;            // [#pair x lane] the step in z
    double* term_slope;    // [#term x lane] w x^-a
    double* term_inverse;  // [#term x lane] 1 / x
    double* term_correction;
    double* cone_z;           // [3 #cone x lane]
    double* cone_scaling;     // [4 #cone x lane] scaling point (3) and its length
    double* cone_correction;  // [3 #cone x lane]
    double* cone_dz;          // [3 #cone x lane]
    double* cone_diagonal;    // [3 #cone x lane] of W^-2
    double* diagonal;         // [#size x lane] of K, regularised
    double* augmentation;     // [#size x lane] what squares of equations add to it; null: nothing
    double* least;            // [#size x lane] KktView::least; may be the diagonal itself
    double* right;            // [#size x lane]
    double* right_sum;        // [#size x lane] right side of the whole step, for refinement
    double* step;             // [#quantity x lane] the step in state
    double* extra;            // [#quantity x lane] what a corrector adds to it
    double* inverse_range;    // [#range x lane] 1 / curvature of t
    double* target;           // [1 x lane] what products of slack and multiplier aim at
    double* length;           // [2 x lane] primal and dual step lengths taken last
    double* measure;          // [measure_count x lane]
};

/// How much of `extra` a step may take.
enum Addition : char { addition_whole, addition_corrector, addition_recentring };

enum PositionKind : char { position_variable, position_equation, position_range };

namespace baseline {
void assess_kernel(const IterateView& view);
void predict_kernel(const IterateView& view);
void combine_kernel(const IterateView& view);
void recentre_kernel(const IterateView& view);
void advance_kernel(const IterateView& view);
}  // namespace baseline
namespace avx2 {
void assess_kernel(const IterateView& view);
void predict_kernel(const IterateView& view);
void combine_kernel(const IterateView& view);
void recentre_kernel(const IterateView& view);
void advance_kernel(const IterateView& view);
}  // namespace avx2
namespace avx512 {
void assess_kernel(const IterateView& view);
void predict_kernel(const IterateView& view);
void combine_kernel(const IterateView& view);
void recentre_kernel(const IterateView& view);
void advance_kernel(const IterateView& view);
}  // namespace avx512

}  // namespace headroom
