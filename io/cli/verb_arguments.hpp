#pragma once

#include <functional>

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

namespace CLI {
class App;
}

namespace headroom::cli {

// Each adds its verb to the program. What it returns is to be called after parsing, if the verb was given: it settles
// the rules between options and throws UsageError where they contradict each other.

using Settle = std::function<void()>;

Settle add_import(CLI::App& app, ImportOptions& options);
Settle add_generate(CLI::App& app, GenerateOptions& options);
Settle add_info(CLI::App& app, InfoOptions& options);
Settle add_adjust(CLI::App& app, AdjustOptions& options);
Settle add_allocate(CLI::App& app, AllocateOptions& options);
Settle add_clear(CLI::App& app, ClearOptions& options);
Settle add_flow(CLI::App& app, FlowOptions& options);
Settle add_replay(CLI::App& app, ReplayOptions& options);
Settle add_verify(CLI::App& app, VerifyOptions& options);
Settle add_forecast_congestion(CLI::App& app, CongestionOptions& options);
Settle add_status(CLI::App& app, StatusOptions& options);
Settle add_join(CLI::App& app, JoinOptions& options);
Settle add_report(CLI::App& app, ReportOptions& options);
Settle add_graft(CLI::App& app, GraftOptions& options);
Settle add_run(CLI::App& app, RunOptions& options);

}  // namespace headroom::cli
