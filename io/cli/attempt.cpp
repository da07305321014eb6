#include "io/cli/attempt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <string_view>
#include <variant>

#include "io/cli/verbs.hpp"
#include "io/errors.hpp"
#include "io/report/terminal.hpp"

namespace headroom::cli {

namespace {

ExitCode fail(ExitCode code, std::string_view message) {
    const bool colour = stderr_takes_colour();
    fmt::print(stderr, "{}error:{} {}\n", colour ? "\033[31m" : "", colour ? "\033[0m" : "", message);
    return code;
}

ExitCode carry_out(const ShowText& shown) {
    fmt::print("{}\n", shown.text);
    return ExitCode::done;
}
ExitCode carry_out(const ImportOptions& options) { return import_case(options); }
ExitCode carry_out(const GenerateOptions& options) { return generate(options); }
ExitCode carry_out(const InfoOptions& options) { return info(options); }
ExitCode carry_out(const AdjustOptions& options) { return adjust(options); }
ExitCode carry_out(const FlowOptions& options) { return flow(options); }
ExitCode carry_out(const VerifyOptions& options) { return verify(options); }
ExitCode carry_out(const StatusOptions& options) { return status(options); }
ExitCode carry_out(const JoinOptions& options) { return join(options); }
ExitCode carry_out(const ReportOptions& options) { return report(options); }
ExitCode carry_out(const GraftOptions& options) { return graft(options); }

template <class Options> ExitCode carry_out(const Options& options, Team& team) {
    return team.rank() == 0 ? carry_out(options) : ExitCode::done;
}
ExitCode carry_out(const AllocateOptions& options, Team& team) { return allocate(options, team); }
ExitCode carry_out(const ClearOptions& options, Team& team) { return clear(options, team); }
ExitCode carry_out(const ReplayOptions& options, Team& team) { return replay(options, team); }
ExitCode carry_out(const CongestionOptions& options, Team& team) { return forecast_congestion(options, team); }
ExitCode carry_out(const RunOptions& options, Team& team) { return run_job(options, team); }

// From nothing to say to most to worry about.
constexpr std::array by_gravity{ExitCode::done,          ExitCode::incomplete,    ExitCode::interrupted,
                                ExitCode::wrong_usage,   ExitCode::invalid_input, ExitCode::no_output,
                                ExitCode::internal_fault};

}  // namespace

ExitCode obey(const Command& command, Team& team) {
    return std::visit([&team](const auto& options) { return carry_out(options, team); }, command);
}

ExitCode agree(ExitCode code, Team& team) {
    const auto gravity = std::find(by_gravity.begin(), by_gravity.end(), code) - by_gravity.begin();
    return by_gravity[static_cast<std::size_t>(team.worst(static_cast<int>(gravity)))];
}

ExitCode attempt(const std::function<ExitCode()>& work, const std::string& where) {
    try {
        return work();
    } catch (const UsageError& error) {
        return fail(ExitCode::wrong_usage, where + error.what());
    } catch (const InputError& error) {
        return fail(ExitCode::invalid_input, where + error.what());
    } catch (const OutputError& error) {
        return fail(ExitCode::no_output, where + error.what());
    } catch (const std::exception& error) {
        return fail(ExitCode::internal_fault,
                    fmt::format("{}{} (a fault of headroom; please report it)", where, error.what()));
    }
}

}  // namespace headroom::cli
