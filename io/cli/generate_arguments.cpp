#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "io/cli/option_kinds.hpp"
#include "io/cli/verb_arguments.hpp"

namespace headroom::cli {

namespace {

void add_count(CLI::App& verb, const char* name, std::int64_t& count, const char* help) {
    verb.add_option(name, count, help)->capture_default_str()->type_name("N");
}

void add_share(CLI::App& verb, const char* name, double& share, const char* help) {
    verb.add_option(name, share, help)->capture_default_str()->type_name("R");
}

}  // namespace

Settle add_generate(CLI::App& app, GenerateOptions& options) {
    CLI::App& verb = *app.add_subcommand("generate", "Make a region of any size from the statistics of real feeders");
    GeneratorSettings& settings = options.settings;
    verb.add_option("CASE", options.case_path, "case file to write")->required()->type_name("");
    CLI::Option* feeders =
        verb.add_option("--feeders", settings.feeder_count, "feeders to make, each distinct")->type_name("N");
    CLI::Option* joined = verb.add_option("--joined", settings.joined_buses,
                                          "in their place one tree of about so many buses: low-voltage feeders on the "
                                          "substations of a medium-voltage one")
                              ->type_name("N");
    add_seed(verb, settings.seed);
    add_count(verb, "--first-feeder", settings.feeder_first,
              "number of the first feeder; a feeder is the same in every region of its seed");
    add_count(verb, "--steps", settings.step_count, "steps");
    add_utc(verb, "--start", settings.start, "start of the first step, UTC");
    add_count(verb, "--step-seconds", settings.step_seconds, "s per step");
    add_share(verb, "--active-share", settings.active_share, "of the customers, gets an envelope");
    add_share(verb, "--reactive-share", settings.reactive_share,
              "of the feeders, has active customers with reactive ranges and Volt-VAr curves");
    add_share(verb, "--hard-share", settings.hard_share, "of the feeders, is hard on purpose");
    add_share(verb, "--orders-share", settings.orders_share,
              "of the customers with an envelope, has orders for limits; 0: no orders");
    verb.add_flag("--prices", settings.prices, "with prices of energy");
    add_threads(verb, settings.threads);
    verb.add_flag("--json", options.json, "summary for machines on standard output");
    verb.add_flag("--dry-run", options.dry_run, "say what would be made, and stop");
    verb.add_flag("--quiet", options.quiet, "errors only");
    return [&settings, feeders, joined] {
        if (feeders->count() + joined->count() == 0)
            throw UsageError("headroom generate: one of --feeders and --joined is needed");
        if (feeders->count() > 0 && joined->count() > 0)
            throw UsageError("headroom generate: --feeders and --joined exclude each other; leave one out");
        if (joined->count() > 0 && settings.joined_buses == 0)  // which means feeders apart
            throw UsageError("headroom generate: --joined: a tree of 0 buses is none");
        if (const auto fault = settings.fault()) throw UsageError("headroom generate: " + *fault);
    };
}

}  // namespace headroom::cli
