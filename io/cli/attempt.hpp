#pragma once

#include <functional>
#include <string>

#include "io/cli/arguments.hpp"
#include "io/cli/exit_code.hpp"
#include "solver/batch/team.hpp"

namespace headroom::cli {

/// Does what the command line asked for. Every member of the team calls it; what cannot be shared is done by the first
/// alone. Throws the errors of io/errors.hpp.
ExitCode obey(const Command& command, Team& team);

/// The gravest code of all members, who wait for each other.
ExitCode agree(ExitCode code, Team& team);

/// Does the work; whatever it throws becomes a line on standard error, behind `where`, and an exit code.
ExitCode attempt(const std::function<ExitCode()>& work, const std::string& where = "");

}  // namespace headroom::cli
