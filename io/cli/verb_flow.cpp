#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "formulations/state/network_state.hpp"
#include "io/case/case_file.hpp"
#include "io/cli/flow_report.hpp"
#include "io/cli/output_path.hpp"
#include "io/cli/utc_text.hpp"
#include "io/cli/verbs.hpp"
#include "io/cli/verdict.hpp"
#include "io/cli/voltage_table.hpp"
#include "io/clock.hpp"
#include "io/digest.hpp"
#include "io/errors.hpp"
#include "io/progress.hpp"
#include "io/report/counted.hpp"
#include "io/report/state_summary.hpp"
#include "io/result/state_file.hpp"
#include "io/run/text_file.hpp"
#include "solver/batch/run_batch.hpp"
#include "solver/lanes/simd_level.hpp"

namespace headroom::cli {

namespace {

void require_outputs(const FlowOptions& options) {
    if (!options.result_path.empty()) require_other_file(options.case_path, options.result_path);
    if (options.table_path.empty()) return;
    require_other_file(options.case_path, options.table_path);
    if (is_hdf5(options.table_path))
        throw UsageError(
            fmt::format("the output '{}' is an HDF5 file; a table does not take its place", options.table_path));
}

void require_folders(const FlowOptions& options) {
    for (const std::string& output : {options.result_path, options.table_path})
        if (!output.empty()) require_open_folder(output);
}

/// The step of the table.
std::size_t step_at(const FlowOptions& options, const SeriesSet& series) {
    if (!options.at) return 0;
    for (std::size_t step = 0; step < series.step_count(); ++step)
        if (series.start[step] <= *options.at && *options.at < series.end[step]) return step;
    throw InputError(
        fmt::format("{}: no step of series '{}' holds {}", options.case_path, series.name, utc_text(*options.at)));
}

std::string plan_text(const FlowOptions& options, const Region& region, const SeriesSet& series,
                      const TerminalTable& terminals, const std::vector<std::string>& faults) {
    constexpr double bytes_per_megabyte = 1e6;
    const auto invalid = std::ranges::count_if(faults, [](const auto& fault) { return !fault.empty(); });
    const auto bytes = StateBlock::bytes(series.step_count(), static_cast<std::int64_t>(terminals.size()),
                                         static_cast<std::int64_t>(region.branch_count()));
    return fmt::format(
        "case '{}': {} ({} with a fault), {}, {}, series '{}' of {}\n"
        "{} on {} with {} kernels; voltages and currents of {:.1f} MB{}\n",
        region.name, counted(region.feeder_count(), "feeder"), invalid, counted(terminals.size(), "node"),
        counted(region.branch_count(), "branch"), series.name, counted(series.step_count(), "step"),
        counted((region.feeder_count() - static_cast<std::size_t>(invalid)) * series.step_count(), "power flow"),
        counted(thread_count(options.threads), "thread"), simd_level_name(simd_level()),
        static_cast<double>(bytes) / bytes_per_megabyte, options.result_path.empty() ? ", none of them written" : "");
}

ForecastRunInfo run_info(const FlowOptions& options, const Region& region, const SeriesSet& series) {
    return {.options = options.load_window
                           ? fmt::format("--load-window {}:{}", options.load_window->v_min, options.load_window->v_max)
                           : "",
            .case_name = region.name,
            .case_digest = file_digest(options.case_path),
            .series = series.name,
            .version = HEADROOM_VERSION,
            .simd = std::string(simd_level_name(simd_level()))};
}

/// What is kept of voltages and currents while power flows are solved.
struct Outputs {
    std::optional<StateWriter> file;
    std::optional<VoltageTable> table;
    double seconds = 0;  ///< of keeping

    bool any() const { return file || table; }
    void keep(const StateBlock& block) {
        const auto start = Clock::now();
        if (file) file->write(block);
        if (table) table->add(block);
        seconds += seconds_since(start);
    }
    void finish(const StateResult& result, const FlowOptions& options) {
        const auto start = Clock::now();
        if (file) file->finish(result);
        if (table) write_text_file(options.table_path, table->csv());
        seconds += seconds_since(start);
    }
};

StateResult solve(const FlowOptions& options, const Region& region, const TerminalTable& terminals,
                  const std::vector<std::string>& faults, Outputs& outputs) {
    const SeriesSet& series = region.series.front();
    std::optional<Progress> progress;
    if (!options.quiet)
        progress.emplace("solving", static_cast<std::int64_t>(region.feeder_count() * series.step_count()));
    StateRun run;
    run.threads = options.threads;
    run.settings.window = options.load_window;
    run.finished = [&progress](std::int64_t done) {
        if (progress) progress->tick(done);
    };
    if (outputs.any()) run.keep = [&outputs](const StateBlock& block) { outputs.keep(block); };
    try {
        return network_state(region, series, terminals, faults, run);
    } catch (const std::invalid_argument& fault) {
        throw InputError(options.case_path + ": " + fault.what());
    }
}

std::string written_text(const FlowOptions& options) {
    std::string text;
    for (const std::string& output : {options.result_path, options.table_path})
        if (!output.empty()) text += output + ": written\n";
    return text;
}

}  // namespace

ExitCode flow(const FlowOptions& options) {
    require_outputs(options);
    auto start = Clock::now();
    const Region region = read_case(options.case_path, {.series = options.series, .orders = false});
    const SeriesSet& series = region.series.front();
    const std::vector<std::string> faults = feeder_faults(region, options.case_path, false);
    const TerminalTable terminals = terminal_table(region);
    const std::size_t step = step_at(options, series);
    const double read = seconds_since(start);
    if (options.dry_run) {
        fmt::print("{}", plan_text(options, region, series, terminals, faults));
        return ExitCode::done;
    }

    require_folders(options);
    start = Clock::now();
    Outputs outputs;
    if (!options.result_path.empty())
        outputs.file.emplace(region, series, terminals, run_info(options, region, series), options.result_path,
                             options.threads);
    if (!options.table_path.empty()) outputs.table.emplace(region, terminals, step);
    const StateResult result = solve(options, region, terminals, faults, outputs);
    outputs.finish(result, options);
    const double solved = seconds_since(start) - outputs.seconds;

    std::vector<std::string> terminal_bus;
    for (const std::int32_t bus : terminals.bus) terminal_bus.push_back(region.bus.id[static_cast<std::size_t>(bus)]);
    const RowNames rows = row_names(result.rows, region);
    const FlowNames names{region.feeder.id, rows, terminal_bus, terminals.conductor, series.start, series.end};
    const StateSummary summary = summarise(result, series.start, series.end);
    if (options.json) fmt::print("{}\n", flow_json(result, names));
    if (!options.quiet)
        fmt::print(stderr, "{}read {:.3f} s, solved {:.3f} s ({:.0f} power flows per second, {}), written {:.3f} s\n{}",
                   flow_text(result, names), read, solved,
                   static_cast<double>(summary.solved + summary.diverged) / solved,
                   counted(thread_count(options.threads), "thread"), outputs.seconds, written_text(options));
    return summary.all_solved() ? ExitCode::done : ExitCode::incomplete;
}

}  // namespace headroom::cli
