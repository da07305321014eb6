#include <CLI/CLI.hpp>

#include "io/cli/option_kinds.hpp"
#include "io/cli/region_arguments.hpp"
#include "io/cli/verb_arguments.hpp"
#include "io/errors.hpp"
#include "io/run/run_folder.hpp"

namespace headroom::cli {

namespace {

constexpr int most_random = 1'000'000;

void add_count(CLI::App& verb, const char* option, int& value, const char* help) {
    verb.add_option(option, value, help)
        ->capture_default_str()
        ->type_name("N")
        ->check(CLI::Range(0, most_random).description(""));
}

}  // namespace

Settle add_replay(CLI::App& app, ReplayOptions& options) {
    CLI::App& verb =
        *app.add_subcommand("replay", "Find the worst AC voltages and currents inside published envelopes");
    verb.add_option("RESULT", options.result_path, "result of allocate or clear, or folder of such a run")
        ->required()
        ->type_name("");
    verb.add_option("--case", options.case_path, "the case it was computed from")->required()->type_name("CASE");
    verb.add_option("-o,--output", options.replay_path, "replay file to write, or folder of parts; none if not given")
        ->type_name("REPLAY");
    add_count(verb, "--random-corners", options.settings.random_corners, "random corners per step");
    add_count(verb, "--random-points", options.settings.random_points, "random points inside per step");
    verb.add_option("--seed", options.settings.seed, "of the random points")->capture_default_str()->type_name("N");
    verb.add_flag("--all-corners", options.settings.all_corners,
                  "every corner too, of envelopes of at most 20 limits in each direction");
    add_threads(verb, options.threads);
    const std::function<void()> settle_region = add_region(verb, options.region, options.replay_path);
    verb.add_flag("--json", options.json, "summary for machines on standard output");
    verb.add_flag("--dry-run", options.dry_run, "say what a replay by parts would do, and stop");
    verb.add_flag("--quiet", options.quiet, "errors only");
    return [settle_region, &options] {
        settle_region();
        if (options.dry_run && !names_a_folder(options.replay_path))
            throw UsageError("--dry-run: is of replays into a folder (end -o in '/')");
    };
}

}  // namespace headroom::cli
