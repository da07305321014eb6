#pragma once

#include <cstdint>

#include "solver/packing/packing_program.hpp"

namespace headroom::cli {

/// Who solves the problems of concave policies.
enum class SolverChoice : std::int8_t {
    lanes,  ///< headroom itself
    ipopt,  ///< a second opinion, one problem after the other
};

/// What AllocationRun::single_solver has to be: empty for the lanes.
/// @throws UsageError  this build has no Ipopt
PackingProgram::SingleSolver single_solver(SolverChoice choice);

}  // namespace headroom::cli
