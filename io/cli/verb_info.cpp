#include <fmt/format.h>

#include <vector>

#include "formulations/network/validate.hpp"
#include "io/case/case_file.hpp"
#include "io/cli/case_report.hpp"
#include "io/cli/clearing_report.hpp"
#include "io/cli/congestion_report.hpp"
#include "io/cli/envelope_report.hpp"
#include "io/cli/flow_report.hpp"
#include "io/cli/question_text.hpp"
#include "io/cli/region_report.hpp"
#include "io/cli/replay_report.hpp"
#include "io/cli/verbs.hpp"
#include "io/cli/verdict.hpp"
#include "io/hdf5/file_schema.hpp"
#include "io/report/state_summary.hpp"
#include "io/result/clearing_file.hpp"
#include "io/result/congestion_file.hpp"
#include "io/result/envelope_file.hpp"
#include "io/result/replay_file.hpp"
#include "io/result/schema.hpp"
#include "io/result/state_file.hpp"
#include "io/run/join_run.hpp"

namespace headroom::cli {

namespace {

std::string run_text(const RunInfo& run) {
    return fmt::format("envelopes of case '{}', series '{}': flow {}, policy {}, direction {}, reference {}{}{}",
                       run.case_name, run.series, run.flow, run.policy, run.direction, run.reference,
                       run.options.empty() ? "" : ", ", run.options);
}

ExitCode result_info(const InfoOptions& options) {
    const EnvelopeFile file = read_envelopes_at(options.path);
    const EnvelopeNames names{file.feeder_id,       file.row_bus,      file.row_branch,     file.start,
                              file.customer_feeder, file.asked.policy, file.asked.reference};
    if (options.json) {
        fmt::print("{}\n", envelope_json(file.result, names));
    } else {
        fmt::print("{}\n{}", run_text(file.run), envelope_text(file.result, names));
    }
    return summarise(file.result).all_solved() ? ExitCode::done : ExitCode::incomplete;
}

ExitCode congestion_info(const InfoOptions& options) {
    const CongestionFile file = read_congestion(options.path);
    const CongestionNames names{file.feeder_id, file.row_names, file.start, file.end};
    if (options.json) {
        fmt::print("{}\n", congestion_json(file.result, names));
    } else {
        fmt::print("congestion forecast of case '{}', series '{}': {}\n{}", file.run.case_name, file.run.series,
                   file.run.options, congestion_text(file.result, names));
    }
    return summarise(file.result, file.start, file.end).all_done() ? ExitCode::done : ExitCode::incomplete;
}

ExitCode flow_info(const InfoOptions& options) {
    const StateFile file = read_state(options.path);
    const FlowNames names{file.feeder_id, file.row_names, file.terminal_bus, file.conductor, file.start, file.end};
    if (options.json) {
        fmt::print("{}\n", flow_json(file.result, names));
    } else {
        fmt::print("power flows of case '{}', series '{}'{}{}\n{}", file.run.case_name, file.run.series,
                   file.run.options.empty() ? "" : ": ", file.run.options, flow_text(file.result, names));
    }
    return summarise(file.result, file.start, file.end).all_solved() ? ExitCode::done : ExitCode::incomplete;
}

ExitCode replay_info(const InfoOptions& options) {
    const ReplayFile file = read_replay(options.path);
    const ReplayNames names{file.feeder_id, file.row_bus, file.row_branch, file.start,
                            question_of(file.info.envelopes, options.path).errors};
    if (options.json) {
        fmt::print("{}\n", replay_json(file.result, names));
    } else {
        fmt::print("replay of {}\n{}", run_text(file.info.envelopes), replay_text(file.result, names));
    }
    return summarise(file.result).all_clean() ? ExitCode::done : ExitCode::incomplete;
}

ExitCode clearing_info(const InfoOptions& options) {
    const ClearingFile file = read_clearing(options.path);
    const ClearingRunInfo& info = file.info;
    const bool network = info.options.find("--network off") == std::string::npos;
    const ClearingNames names{file.feeder_id, file.customer.feeder, file.row_names, file.start,    file.end,
                              file.order,     file.envelope_status, network,        info.currency, file.chain_head};
    if (options.json) {
        fmt::print("{}\n", clearing_json(file.result, names));
    } else {
        fmt::print("{} by {}{}{} on {}\n{}", info.market, info.mechanism, info.options.empty() ? "" : ", ",
                   info.options, run_text(info.envelopes), clearing_text(file.result, names));
    }
    return summarise(file.result, file.envelope_status, file.start, file.end).all_cleared() ? ExitCode::done
                                                                                            : ExitCode::incomplete;
}

ExitCode case_info(const InfoOptions& options) {
    const Region region = read_case(options.path, {.series = "", .all_series = true});
    const std::vector<Fault> faults = validate(region);
    fmt::print("{}\n", options.json ? case_json(region, faults) : case_text(region, faults));
    return verdict(region, faults);
}

/// Of a run without envelopes to show, what its parts come to.
ExitCode run_info(const InfoOptions& options, const RunPlan& plan) {
    const RunFolder folder(options.path);
    const RegionTotals totals = total_of(plan, find_done(folder, read_journals(folder, plan.kind), PartCheck::size));
    fmt::print("{}", options.json ? region_json(plan, totals, folder) + "\n" : region_text(plan, totals, folder));
    const bool is_done = totals.shards_done == plan.shards.size() && is_whole(totals.summary);
    return is_done ? ExitCode::done : ExitCode::incomplete;
}

}  // namespace

ExitCode info(const InfoOptions& options) {
    if (const RunFolder folder(options.path); folder.has_plan()) {
        const RunPlan plan = read_plan(folder.plan());
        return plan.kind == RunKind::allocate ? result_info(options) : run_info(options, plan);
    }
    const Hdf5Reader reader(options.path);
    if (has_schema(reader, result_schema::name)) return result_info(options);
    if (has_schema(reader, congestion_schema::name)) return congestion_info(options);
    if (has_schema(reader, state_schema::name)) return flow_info(options);
    if (has_schema(reader, clearing_schema::name)) return clearing_info(options);
    if (has_schema(reader, replay_schema::name)) return replay_info(options);
    return case_info(options);
}

}  // namespace headroom::cli
