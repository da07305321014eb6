#pragma once

#include <optional>

#include "solver/convex/convex_answer.hpp"
#include "solver/convex/convex_settings.hpp"

namespace headroom {

/// Of infeasibility and unboundedness, relative to the bound proved.
inline constexpr double proof_tolerance = 1e-8;

/// Proofs for problems that have no solution, by problems that always have one.

/// Moves what is left of A'y + z + cone_z into z where a bound can carry it, and drops multipliers of sides that do not
/// exist: a Farkas vector from approximate multipliers.
void absorb_residual(const ConvexProblem& problem, ConvexAnswer& answer);

/// Minimises the sum of the rows' violations. Its multipliers prove that no point fits if the sum cannot reach zero.
std::optional<ConvexAnswer> prove_infeasible(const ConvexProblem& problem, const ConvexSettings& settings);

/// Minimises c'd over directions d, |d_j| <= 1, along which nothing ends. A proof if c'd < 0.
std::optional<ConvexAnswer> prove_unbounded(const ConvexProblem& problem, const ConvexSettings& settings);

}  // namespace headroom
