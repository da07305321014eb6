#pragma once

#include <functional>
#include <string>

#include "io/cli/arguments.hpp"
#include "io/cli/exit_code.hpp"

namespace headroom::cli {

/// Does what the command line asked for. Throws the errors of io/errors.hpp.
ExitCode obey(const Command& command);

/// Does the work; whatever it throws becomes a line on standard error, behind `where`, and an exit code.
ExitCode attempt(const std::function<ExitCode()>& work, const std::string& where = "");

}  // namespace headroom::cli
