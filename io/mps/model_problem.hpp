#pragma once

#include <string_view>

#include "io/mps/model.hpp"
#include "solver/convex/convex_problem.hpp"

namespace headroom::mps {

/// The convex problem of a complete model; the negative objective where `maximised`.
/// @param symmetric  the quadratic entries are all of Q, not one triangle
/// Throws InputError with the file: Q with an entry twice or not symmetric, a row that no number meets.
ConvexProblem build_problem(const Model& model, bool maximised, bool symmetric, std::string_view file);

}  // namespace headroom::mps
