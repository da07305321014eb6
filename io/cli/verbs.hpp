#pragma once

#include "formulations/envelope/envelope_result.hpp"
#include "io/cli/adjust_options.hpp"
#include "io/cli/allocate_options.hpp"
#include "io/cli/clear_options.hpp"
#include "io/cli/congestion_options.hpp"
#include "io/cli/exit_code.hpp"
#include "io/cli/flow_options.hpp"
#include "io/cli/generate_options.hpp"
#include "io/cli/graft_options.hpp"
#include "io/cli/import_options.hpp"
#include "io/cli/info_options.hpp"
#include "io/cli/join_options.hpp"
#include "io/cli/policy_table.hpp"
#include "io/cli/replay_options.hpp"
#include "io/cli/report_options.hpp"
#include "io/cli/run_options.hpp"
#include "io/cli/status_options.hpp"
#include "io/cli/verify_options.hpp"
#include "solver/batch/team.hpp"

namespace headroom::cli {

/// One function and one file (verb_*.cpp) per verb. They throw the errors of io/errors.hpp.
ExitCode import_case(const ImportOptions& options);
ExitCode generate(const GenerateOptions& options);
ExitCode info(const InfoOptions& options);
ExitCode adjust(const AdjustOptions& options);
ExitCode flow(const FlowOptions& options);
/// Into one file, which the first of the team writes, or into a folder of parts, which all of it share.
ExitCode allocate(const AllocateOptions& options, Team& team);
ExitCode allocate_by_shards(const AllocateOptions& options, Team& team);
/// Limits of aligned corners and what a replay finds inside them; nothing is written.
ExitCode show_aligned_corners(const AllocateOptions& options, const Region& region, const PolicyTable& policies,
                              const EnvelopeResult& limits);
ExitCode clear(const ClearOptions& options, Team& team);
ExitCode clear_by_shards(const ClearOptions& options, Team& team);
/// @throws UsageError  where a clearing by parts is asked for what works on files alone
void require_for_shards(const ClearOptions& options);
ExitCode replay(const ReplayOptions& options, Team& team);
ExitCode replay_by_shards(const ReplayOptions& options, Team& team);
/// @throws UsageError  where a replay by parts is asked for what works on files alone
void require_for_shards(const ReplayOptions& options);
ExitCode forecast_congestion(const CongestionOptions& options, Team& team);
ExitCode forecast_by_shards(const CongestionOptions& options, Team& team);
ExitCode verify(const VerifyOptions& options);
/// Every member of the team goes through the stages.
ExitCode run_job(const RunOptions& options, Team& team);
ExitCode status(const StatusOptions& options);
ExitCode join(const JoinOptions& options);
ExitCode report(const ReportOptions& options);
ExitCode graft(const GraftOptions& options);

}  // namespace headroom::cli
