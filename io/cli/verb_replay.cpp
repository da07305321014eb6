#include <fmt/format.h>

#include <optional>

#include "io/case/case_file.hpp"
#include "io/cli/output_path.hpp"
#include "io/cli/question_text.hpp"
#include "io/cli/replay_report.hpp"
#include "io/cli/replay_run.hpp"
#include "io/cli/verbs.hpp"
#include "io/cli/verdict.hpp"
#include "io/progress.hpp"
#include "io/result/row_table.hpp"
#include "io/run/join_run.hpp"

namespace headroom::cli {

namespace {

LimitFile limits_at(const std::string& path) {
    return names_a_folder(path) ? limits_of(read_run(RunFolder(path))) : read_limits(path);
}

ReplayResult replay_shown(const ReplayOptions& options, const LimitFile& file, const Region& region) {
    std::optional<Progress> progress;
    if (!options.quiet)
        progress.emplace("replaying",
                         static_cast<std::int64_t>(region.feeder_count() * region.series.front().step_count()));
    ReplayRun run;
    run.threads = options.threads;
    run.finished = [&progress](std::int64_t done) {
        if (progress) progress->tick(done);
    };
    return replay_limits(options, file, region, feeder_faults(region, options.case_path, false), run);
}

}  // namespace

ExitCode replay(const ReplayOptions& options, Team& team) {
    if (names_a_folder(options.replay_path)) return replay_by_shards(options, team);
    if (team.rank() != 0) return ExitCode::done;
    if (!options.replay_path.empty()) {
        require_other_file(options.case_path, options.replay_path);
        require_other_file(options.result_path, options.replay_path);
        require_open_folder(options.replay_path);
    }
    const LimitFile file = limits_at(options.result_path);
    require_case_of(file.run, options);
    const Region region = read_case(options.case_path, {.series = file.run.series, .orders = false});
    const SeriesSet& series = region.series.front();
    const ReplayResult result = replay_shown(options, file, region);
    if (!options.replay_path.empty())
        write_replay(result, region, series,
                     replay_info(options, file.run, file.market, result_digest(options.result_path)),
                     options.replay_path);
    const RowNames rows = row_names(result.rows, region);
    const ReplayNames names{region.feeder.id, rows.bus, rows.branch, series.start,
                            question_of(file.run, options.result_path).errors};
    if (options.json) fmt::print("{}\n", replay_json(result, names));
    if (!options.quiet) fmt::print(stderr, "{}", replay_text(result, names));
    if (!options.quiet && !options.replay_path.empty()) fmt::print(stderr, "{}: written\n", options.replay_path);
    return summarise(result).all_clean() ? ExitCode::done : ExitCode::incomplete;
}

}  // namespace headroom::cli
