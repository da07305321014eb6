#pragma once

#include <cstdint>
#include <vector>

#include "solver/convex/convex_problem.hpp"

namespace headroom::test {

/// What is known of a random problem from the way it was drawn.
enum class RandomConvexKind {
    feasible,    ///< x is inside all inequalities, the multipliers likewise: the optimum lies between both objectives
    degenerate,  ///< x, y, z, cone_z are optimal; many sides are active, some with multiplier 0, rows repeat others
    infeasible,  ///< y, z, cone_z are the proof, or bounds cross
    unbounded,   ///< some point fits and x is a direction along which the objective falls for ever
};

struct RandomConvexOptions {
    RandomConvexKind kind = RandomConvexKind::feasible;
    int variables = 12;
    int rows = 8;       ///< inequalities
    int equations = 2;  ///< beside them
    int cones = 0;      ///< 3 cones <= variables
    double density = 0.4;
    double term_share = 0;      ///< of variables outside cones that have a term: a = 1 (log), 0.5, 2 or 4
    double free_share = 0.2;    ///< of variables without bounds
    double fixed_share = 0.05;  ///< of variables whose bounds are equal
    int quadratic_rank = 0;     ///< of Q; 0: no Q, variables: positive definite
    bool badly_scaled = false;  ///< rows and columns times powers of two between 2^-13 and 2^13
};

struct RandomConvex {
    ConvexProblem problem;
    std::vector<double> x, y, z, cone_z;  ///< see RandomConvexKind; zeros where it says nothing of them
};

/// Same seed and options, same numbers, whatever the standard library.
RandomConvex random_convex(std::uint64_t seed, const RandomConvexOptions& options);

/// Sizes up to `variable_max` (at least 4) and features on or off, as the seed falls.
RandomConvexOptions random_convex_options(std::uint64_t seed, RandomConvexKind kind, int variable_max);

}  // namespace headroom::test
