#include "io/cli/cli.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string_view>
#include <variant>

#include "io/cli/arguments.hpp"
#include "io/cli/verbs.hpp"
#include "io/errors.hpp"
#include "io/hdf5/startup.hpp"
#include "io/report/terminal.hpp"
#include "solver/lanes/simd_level.hpp"

namespace headroom::cli {

namespace {

ExitCode fail(ExitCode code, std::string_view message) {
    const bool colour = stderr_takes_colour();
    fmt::print(stderr, "{}error:{} {}\n", colour ? "\033[31m" : "", colour ? "\033[0m" : "", message);
    return code;
}

ExitCode obey(const ShowText& shown) {
    fmt::print("{}\n", shown.text);
    return ExitCode::done;
}
ExitCode obey(const ImportOptions& options) { return import_case(options); }
ExitCode obey(const InfoOptions& options) { return info(options); }
ExitCode obey(const AllocateOptions& options) { return allocate(options); }
ExitCode obey(const ClearOptions& options) { return clear(options); }
ExitCode obey(const ReplayOptions& options) { return replay(options); }
ExitCode obey(const VerifyOptions& options) { return verify(options); }
ExitCode obey(const CongestionOptions& options) { return forecast_congestion(options); }

/// A wrong HEADROOM_SIMD is said at once, not when the first kernel runs.
void check_environment() {
    try {
        simd_level();
    } catch (const std::invalid_argument& fault) {
        throw UsageError(fault.what());
    }
}

}  // namespace

ExitCode run(int argc, const char* const* argv) {
    try {
        hdf5_startup();
        check_environment();
        const Command command = parse_arguments(argc, argv);
        const ExitCode code = std::visit([](const auto& options) { return obey(options); }, command);
        if (std::fflush(stdout) != 0) throw OutputError("standard output could not be written");
        return code;
    } catch (const UsageError& error) {
        return fail(ExitCode::wrong_usage, error.what());
    } catch (const InputError& error) {
        return fail(ExitCode::invalid_input, error.what());
    } catch (const OutputError& error) {
        return fail(ExitCode::no_output, error.what());
    } catch (const std::exception& error) {
        return fail(ExitCode::internal_fault, fmt::format("{} (a fault of headroom; please report it)", error.what()));
    }
}

}  // namespace headroom::cli
