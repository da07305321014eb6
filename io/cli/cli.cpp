#include "io/cli/cli.hpp"

#include <cstdio>
#include <optional>
#include <stdexcept>

#include "io/cli/arguments.hpp"
#include "io/cli/attempt.hpp"
#include "io/errors.hpp"
#include "io/hdf5/startup.hpp"
#include "solver/batch/together.hpp"
#include "solver/lanes/simd_level.hpp"

namespace headroom::cli {

namespace {

/// A wrong HEADROOM_SIMD is said at once, not when the first kernel runs.
void check_environment() {
    try {
        simd_level();
    } catch (const std::invalid_argument& fault) {
        throw UsageError(fault.what());
    }
}

}  // namespace

ExitCode run(int argc, const char* const* argv, Team& team) {
    const ExitCode code = attempt([&] {
        std::optional<Command> command;
        const StepFate fate = together(team, [&] {
            hdf5_startup();
            check_environment();
            command = parse_arguments(argc, argv);
        });
        if (fate != StepFate::well) return ExitCode::done;
        const ExitCode own = obey(*command, team);
        if (std::fflush(stdout) != 0) throw OutputError("standard output could not be written");
        return own;
    });
    return agree(code, team);
}

}  // namespace headroom::cli
