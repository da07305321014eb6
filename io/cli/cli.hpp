#pragma once

#include "io/cli/exit_code.hpp"

namespace headroom::cli {

/// The whole program: understands the arguments, does what they ask, tells errors on standard error. Never throws.
ExitCode run(int argc, const char* const* argv);

}  // namespace headroom::cli
