#pragma once

#include <string>
#include <variant>
#include <vector>

#include "io/cli/adjust_options.hpp"
#include "io/cli/allocate_options.hpp"
#include "io/cli/clear_options.hpp"
#include "io/cli/congestion_options.hpp"
#include "io/cli/flow_options.hpp"
#include "io/cli/generate_options.hpp"
#include "io/cli/graft_options.hpp"
#include "io/cli/import_options.hpp"
#include "io/cli/info_options.hpp"
#include "io/cli/join_options.hpp"
#include "io/cli/replay_options.hpp"
#include "io/cli/report_options.hpp"
#include "io/cli/run_options.hpp"
#include "io/cli/status_options.hpp"
#include "io/cli/verify_options.hpp"

namespace headroom::cli {

/// `--help`, `--version` or a bare `headroom`: text for standard output, nothing else to do.
struct ShowText {
    std::string text;
};

using Command = std::variant<ShowText, ImportOptions, GenerateOptions, InfoOptions, AllocateOptions, ClearOptions,
                             ReplayOptions, VerifyOptions, CongestionOptions, RunOptions, StatusOptions, JoinOptions,
                             ReportOptions, AdjustOptions, GraftOptions, FlowOptions>;

/// What the command line asks for. Throws UsageError, which names the argument and, where one is close, the name meant.
Command parse_arguments(int argc, const char* const* argv);

/// A long option of a verb.
struct VerbOption {
    std::string name;  ///< without dashes
    bool takes_value;
};

/// @pre there is such a verb
std::vector<VerbOption> verb_options(const std::string& verb);

}  // namespace headroom::cli
