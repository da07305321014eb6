#pragma once

#include "formulations/nlp/dense_program.hpp"

namespace headroom {

/// A first-order point of a smooth program by Ipopt; of one that is not convex a local optimum at best. What Ipopt
/// itself does not call solved at `tolerance` is not converged.
///
/// Safe under threads, each with a program of its own (dmumps_lock.hpp).
DenseAnswer solve_with_ipopt(DenseProgram& program, double tolerance = 1e-8);

}  // namespace headroom
