#include <CLI/CLI.hpp>

#include <array>

#include "io/cli/choice.hpp"
#include "io/cli/option_kinds.hpp"
#include "io/cli/region_arguments.hpp"
#include "io/cli/verb_arguments.hpp"
#include "io/errors.hpp"
#include "io/run/run_folder.hpp"

namespace headroom::cli {

namespace {

constexpr int most_random = 1'000'000;
constexpr auto replayed_tap_names = std::to_array<Choice<bool>>({{"held", false}, {"free", true}});

void add_count(CLI::App& verb, const char* option, int& value, const char* help) {
    verb.add_option(option, value, help)
        ->capture_default_str()
        ->type_name("N")
        ->check(CLI::Range(0, most_random).description(""));
}

/// The voltages outside which OpenDSS's loads change their model, p.u. of the customer's rated voltage.
void add_window(CLI::App& verb, std::optional<LoadWindow>& window) {
    const auto set = [&window](double LoadWindow::*end) {
        return [&window, end](double pu) {
            if (!window) window.emplace();
            (*window).*end = pu;
        };
    };
    verb.add_option_function<double>(
            "--dss-vmin", set(&LoadWindow::v_min),
            "p.u.: below, powers become impedances as those of OpenDSS's loads do (its Vminpu); "
            "for comparisons with it. Otherwise customers keep their model")
        ->type_name("PU")
        ->check(number_within(0.51, 1.0));
    verb.add_option_function<double>("--dss-vmax", set(&LoadWindow::v_max),
                                     "the same above (its Vmaxpu); 1.05 with --dss-vmin")
        ->type_name("PU")
        ->check(number_within(1.0, 2.0));
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
    add_choice(verb, "--taps", options.settings.free_taps, replayed_tap_names,
               "free: the points searched once more with the taps that controls come to at each, for report only");
    add_window(verb, options.settings.window);
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
