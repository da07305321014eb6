#include <fmt/format.h>

#include <optional>

#include "io/case/case_file.hpp"
#include "io/cli/output_path.hpp"
#include "io/cli/question_text.hpp"
#include "io/cli/replay_report.hpp"
#include "io/cli/verbs.hpp"
#include "io/cli/verdict.hpp"
#include "io/digest.hpp"
#include "io/errors.hpp"
#include "io/progress.hpp"
#include "io/result/envelope_file.hpp"
#include "io/result/replay_file.hpp"
#include "io/result/row_table.hpp"
#include "io/run/join_run.hpp"
#include "solver/lanes/simd_level.hpp"

namespace headroom::cli {

namespace {

void require_same_case(const EnvelopeFile& file, const Region& region, const ReplayOptions& options) {
    if (file_digest(options.case_path) != file.run.case_digest)
        throw InputError(fmt::format("{} was computed from another case than {} (their digests differ)",
                                     options.result_path, options.case_path));
    if (file.customer_id != region.customer.id || file.start != region.series.front().start)
        throw InputError(
            fmt::format("{}: its customers or steps are not those of {}", options.result_path, options.case_path));
    if (question_of(file.run, options.result_path).reactive == Reactive::joint && !file.result.has_reactive_limits())
        throw InputError(fmt::format("{}: says --reactive joint and has no reactive limits", options.result_path));
}

ReplayInfo replay_info(const EnvelopeFile& file, const ReplayOptions& options) {
    const ReplaySettings usual;
    std::string text;
    const auto add = [&text](std::string_view option, auto value, auto normal) {
        if (value != normal) text += fmt::format("{}--{} {}", text.empty() ? "" : " ", option, value);
    };
    if (options.settings.all_corners) text = "--all-corners";
    add("random-corners", options.settings.random_corners, usual.random_corners);
    add("random-points", options.settings.random_points, usual.random_points);
    add("seed", options.settings.seed, usual.seed);
    return {.envelopes = file.run,
            .result_digest = envelopes_digest(options.result_path),
            .version = HEADROOM_VERSION,
            .simd = std::string(simd_level_name(simd_level())),
            .options = text};
}

}  // namespace

ExitCode replay(const ReplayOptions& options) {
    if (!options.replay_path.empty()) {
        require_other_file(options.case_path, options.replay_path);
        require_other_file(options.result_path, options.replay_path);
        require_open_folder(options.replay_path);
    }
    const EnvelopeFile file = read_envelopes_at(options.result_path);
    const Region region = read_case(options.case_path, {.series = file.run.series, .orders = false});
    require_same_case(file, region, options);
    const SeriesSet& series = region.series.front();
    std::optional<Progress> progress;
    if (!options.quiet)
        progress.emplace("replaying", static_cast<std::int64_t>(region.feeder_count() * series.step_count()));
    const EnvelopeResult& envelopes = file.result;
    const ReplayResult result = headroom::replay(
        region, series, question_of(file.run, options.result_path),
        {envelopes.export_limit, envelopes.import_limit, envelopes.q_inject_limit, envelopes.q_absorb_limit},
        feeder_faults(region, options.case_path, false), options.settings,
        {.threads = options.threads, .finished = [&progress](std::int64_t done) {
             if (progress) progress->tick(done);
         }});
    progress.reset();
    if (!options.replay_path.empty())
        write_replay(result, region, series, replay_info(file, options), options.replay_path);
    const RowNames rows = row_names(result.rows, region);
    const ReplayNames names{region.feeder.id, rows.bus, rows.branch, series.start};
    if (options.json) fmt::print("{}\n", replay_json(result, names));
    if (!options.quiet) fmt::print(stderr, "{}", replay_text(result, names));
    if (!options.quiet && !options.replay_path.empty()) fmt::print(stderr, "{}: written\n", options.replay_path);
    return all_clean(result) ? ExitCode::done : ExitCode::incomplete;
}

}  // namespace headroom::cli
