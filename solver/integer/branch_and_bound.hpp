#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "solver/convex/convex_problem.hpp"
#include "solver/integer/integer_proof.hpp"
#include "solver/simplex/dual_simplex.hpp"

namespace headroom {

struct IntegerSettings {
    double gap_relative = 1e-9;       ///< >= 0, of |objective|
    double gap_absolute = 1e-9;       ///< >= 0, of the scale of the objective: sum_j |c_j| max(|lower_j|, |upper_j|)
    std::int64_t node_max = 1000000;  ///< >= 1
    /// >= 0; 0: no proof. Nodes and multipliers that are written down for one; a search that needs more has none.
    std::int64_t proof_size_max = 0;
    SimplexSettings simplex = {};
    std::string fault() const;  ///< "" if nothing is wrong
};

enum class IntegerStatus : std::int8_t {
    optimal,     ///< no point is better than the one returned by more than the larger of both gaps
    infeasible,  ///< no integer point fits
    node_limit,  ///< the point, if there is one, fits; nothing is below `bound`
    stalled,     ///< likewise; some linear program did not end, its bound counts
};

struct IntegerAnswer {
    IntegerStatus status = IntegerStatus::stalled;
    bool has_point = false;
    std::vector<double> x;        ///< [#variable] the best point found; integers are exactly integer
    double objective = 0;         ///< c'x, infinity if there is no point
    double bound = 0;             ///< proven: no point has a smaller objective
    std::int64_t nodes = 0;       ///< linear programs of the tree
    std::int64_t iterations = 0;  ///< pivots of all linear programs
    /// y [#row], z [#variable] of the linear program with all integers fixed at x; empty without a point.
    std::vector<double> y, z;
    std::optional<IntegerProof> proof;  ///< of `bound`; none: not asked for, too large, or bounds or sides cross
};

/// Minimises (1) of dual_simplex.hpp with x_j integer for every j of `integer`, by branch and bound on its bounds.
/// Bounds of integers count inwards: [0.5, 2.5] is 1 and 2. Exact to the gaps of the settings. Deterministic.
/// @param integer  [#integer] variables, each once
/// @throws std::invalid_argument  what DualSimplex throws; a variable of `integer` that is none or named twice
IntegerAnswer branch_and_bound(const ConvexProblem& problem, const std::vector<int>& integer,
                               const IntegerSettings& settings = {});

}  // namespace headroom
