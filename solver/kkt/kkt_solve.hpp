#pragma once

#include "solver/kkt/kkt_kernel.hpp"

namespace headroom {

/// K = L D L' with the kernels of this processor; view.right becomes L^-1 right on the way.
void kkt_factor(const KktView& view);

/// solution = L^-T D^-1 right, after kkt_factor: together they solve for the right side given to it.
/// @param solution  [#size x lane]
void kkt_backward(KktView& view, double* solution);

/// Solves for another view.right with the factors at hand.
void kkt_solve(KktView& view, double* solution);

}  // namespace headroom
