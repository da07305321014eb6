#pragma once

#include "io/cli/exit_code.hpp"
#include "solver/batch/team.hpp"

namespace headroom::cli {

/// The whole program: understands the arguments, does what they ask, tells errors on standard error. Never throws.
/// @param team  processes that were started with the same arguments
ExitCode run(int argc, const char* const* argv, Team& team);

}  // namespace headroom::cli
