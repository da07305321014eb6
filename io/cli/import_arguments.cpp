#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <CLI/CLI.hpp>
#include <cstdint>
#include <vector>

#include "io/cli/option_kinds.hpp"
#include "io/cli/verb_arguments.hpp"

namespace headroom::cli {

namespace {

constexpr auto opendss_series_names = std::to_array<Choice<OpenDssSeries>>(
    {{"snapshot", OpenDssSeries::snapshot}, {"daily", OpenDssSeries::daily}, {"yearly", OpenDssSeries::yearly}});
constexpr const char* opendss_group = "Of OpenDSS sources";
constexpr const char* network_group = "Of OpenDSS and power-grid-model sources";

void add_opendss_series(CLI::App& verb, OpenDssOptions& options) {
    add_choice(verb, "--series", options.series, opendss_series_names, "shapes that drive the customers");
    verb.add_option("--step", options.steps, "s per step; several make several series, the first is the default")
        ->type_name("S")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{31'622'400}).description(""));
    verb.add_option("--horizon", options.horizon, "s in all; 0: a day, or as long as the longest yearly shape")
        ->type_name("S")
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{3'162'240'000}).description(""));
    verb.add_option("--profiles", options.profile_folder, "where profile files are looked up first")
        ->type_name("FOLDER");
}

void add_network(CLI::App& verb, OpenDssOptions& options) {
    verb.add_option("--feeder-id", options.feeder_id, "what the source calls itself if not given; for one source")
        ->type_name("ID");
    add_utc(verb, "--start", options.start, "start of the first step, UTC");
    verb.add_option("--active", options.active,
                    "loads that get an envelope: all, none, ids:FILE, or 1,3/5 for the first and third of every five")
        ->capture_default_str()
        ->type_name("WHICH");
    add_kw(verb, "--export-cap", options.export_cap, "connection cap of every customer");
    add_kw(verb, "--import-cap", options.import_cap, "connection cap of every customer");
    verb.add_option("--voltage-pu-min", options.voltage_pu_min, "of each bus's base voltage")
        ->capture_default_str()
        ->type_name("PU");
    verb.add_option("--voltage-pu-max", options.voltage_pu_max, "of each bus's base voltage")
        ->capture_default_str()
        ->type_name("PU");
    verb.add_option("--frequency", options.default_frequency,
                    "Hz, where the OpenDSS script sets none; 50 for power-grid-model if not given")
        ->capture_default_str()
        ->type_name("HZ")
        ->check(number_within(1.0, 1000.0));
}

void add_opendss_limits(CLI::App& verb, OpenDssOptions& options) {
    verb.add_option_function<std::vector<double>>(
            "--customer-voltage",
            [&options](const std::vector<double>& band) { options.customer_voltage.emplace(band[0], band[1]); },
            "V, phase to neutral, least and most where customers are connected; replaces the band in per unit")
        ->expected(2)
        ->type_name("MIN MAX");
    verb.add_option_function<double>(
            "--source-pu", [&options](double source_pu) { options.source_pu = source_pu; },
            "voltage of the source, replaces the file's")
        ->type_name("PU");
    verb.add_flag_function(
        "--no-inverter-curves", [&options](std::int64_t) { options.inverter_curves = false; },
        "PVSystems keep their pf or kvar; the Volt-VAr curves of InvControls are left out");
}

/// The first option of a group that was given; empty: none.
std::string given_option(const CLI::App& verb, const char* group) {
    for (const CLI::Option* option : verb.get_options()) {
        if (option->count() > 0 && option->get_group() == group) return option->get_name();
    }
    return "";
}

/// What the same words mean for a case of power-grid-model.
PowerGridModelOptions power_grid_model_options(const CLI::App& verb, const OpenDssOptions& given) {
    PowerGridModelOptions options{given};
    if (verb.count("--frequency") > 0) options.frequency = given.default_frequency;
    return options;
}

}  // namespace

Settle add_import(CLI::App& app, ImportOptions& options) {
    CLI::App& verb = *app.add_subcommand("import",
                                         "Make one case file of OpenDSS master files, power-grid-model cases, folders "
                                         "of CSV files, and folders with many "
                                         "of them");
    verb.add_option(
            "SOURCE", options.sources,
            "OpenDSS master file, power-grid-model case (.json), folder with feeder.csv, or folder that holds such "
            "at any depth")
        ->required()
        ->type_name("...");
    verb.add_option("-o,--output", options.case_path, "case file to write")->required()->type_name("CASE");
    verb.add_option("--name", options.name, "of the region; the circuit's, or the folder's, if not given")
        ->type_name("NAME");
    verb.add_option("--master", options.master_names,
                    "what OpenDSS masters and power-grid-model cases in folders are called; case is ignored")
        ->type_name("PATTERN")
        ->allow_extra_args(false)
        ->default_str(fmt::format("{}", fmt::join(usual_master_names, " ")));
    verb.add_flag("--strict", options.strict, "a source that cannot be read, or a feeder with a fault, ends it");
    add_threads(verb, options.threads);
    verb.add_flag("--quiet", options.quiet, "errors only");

    verb.option_defaults()->group(opendss_group);
    add_opendss_series(verb, options.opendss);
    add_opendss_limits(verb, options.opendss);
    verb.option_defaults()->group(network_group);
    add_network(verb, options.opendss);
    return [&verb, &options] {
        options.opendss_option = given_option(verb, opendss_group);
        options.network_option = given_option(verb, network_group);
        options.power_grid_model = power_grid_model_options(verb, options.opendss);
    };
}

}  // namespace headroom::cli
