#pragma once

#include "solver/convex/iterate_kernel.hpp"

namespace headroom {

// The parts of an iteration apart from the linear algebra, with the kernels of this processor (interior_point.md).

/// Residuals, measures, K's diagonal and the predictor's right side at the point in `state`.
void assess(const IterateView& view);

/// From the affine step in `step`: centring and the corrector's right side.
void predict(const IterateView& view);

/// Adds the corrector in `extra` to the step: all of it, or the share with which the step goes furthest.
void add_corrector(IterateView& view);
void add_corrector_share(IterateView& view);

/// From the step so far: the right side of a corrector that draws its outlying complementarity products back.
void recentre(const IterateView& view);

/// Adds that corrector, as far as it makes the step longer.
void add_recentring(IterateView& view);

/// Takes the step as far as the bounds allow.
void advance(const IterateView& view);

}  // namespace headroom
