#include "io/cli/replay_run.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "io/cli/question_text.hpp"
#include "io/digest.hpp"
#include "io/errors.hpp"
#include "solver/lanes/simd_level.hpp"

namespace headroom::cli {

ReplayInfo replay_info(const ReplayOptions& options, const RunInfo& envelopes, const std::string& market,
                       const std::string& result_digest) {
    const ReplaySettings usual;
    std::vector<std::string> words;
    const auto say = [&words](std::string_view option, auto value) {
        words.push_back(fmt::format("--{} {}", option, value));
    };
    const auto add = [&say](std::string_view option, auto value, auto normal) {
        if (value != normal) say(option, value);
    };
    if (options.settings.all_corners) words.emplace_back("--all-corners");
    add("random-corners", options.settings.random_corners, usual.random_corners);
    add("random-points", options.settings.random_points, usual.random_points);
    add("seed", options.settings.seed, usual.seed);
    if (options.settings.free_taps) say("taps", "free");
    if (const auto& window = options.settings.window) {
        say("dss-vmin", window->v_min);
        say("dss-vmax", window->v_max);
    }
    return {.envelopes = envelopes,
            .market = market,
            .result_digest = result_digest,
            .version = HEADROOM_VERSION,
            .simd = std::string(simd_level_name(simd_level())),
            .options = fmt::format("{}", fmt::join(words, " "))};
}

void require_case_of(const RunInfo& envelopes, const ReplayOptions& options) {
    if (file_digest(options.case_path) != envelopes.case_digest)
        throw InputError(fmt::format("{} was computed from another case than {} (their digests differ)",
                                     options.result_path, options.case_path));
}

ReplayResult replay_limits(const ReplayOptions& options, const LimitFile& file, const Region& region,
                           const std::vector<std::string>& faults, const ReplayRun& run) {
    const SeriesSet& series = region.series.front();
    if (file.feeder_id != region.feeder.id || file.customer_id != region.customer.id || file.start != series.start)
        throw InputError(fmt::format("{}: its feeders, customers or steps are not those of {}", options.result_path,
                                     options.case_path));
    const AllocationQuestion question = question_of(file.run, options.result_path);
    if (question.reactive == Reactive::joint && file.limits.q_inject_limit.empty())
        throw InputError(fmt::format("{}: says --reactive joint and has no reactive limits", options.result_path));
    return replay(region, series, question, file.limits, faults, options.settings, run);
}

}  // namespace headroom::cli
