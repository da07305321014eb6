#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <string_view>

#include "io/cli/option_kinds.hpp"
#include "io/cli/question_names.hpp"
#include "io/cli/region_arguments.hpp"
#include "io/cli/verb_arguments.hpp"
#include "io/result/congestion_file.hpp"

namespace headroom::cli {

namespace {

constexpr std::size_t quantiles_max = 100;

/// Numbers between commas; where they may lie is settled later.
std::vector<double> number_list(const std::string& option, std::string_view text) {
    std::vector<double> numbers;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        const std::string_view word = text.substr(begin, end - begin);
        numbers.push_back(parse_number(word));
        if (std::isnan(numbers.back())) throw UsageError(fmt::format("{}: '{}' is no number", option, word));
        begin = end + 1;
    }
    if (numbers.size() > quantiles_max)
        throw UsageError(fmt::format("{}: {} numbers, at most {}", option, numbers.size(), quantiles_max));
    return numbers;
}

void add_uncertainty(CLI::App& verb, Uncertainty& uncertainty) {
    const auto add = [&verb](const char* name, double& value, double most, const char* help) {
        verb.add_option(name, value, help)
            ->capture_default_str()
            ->type_name("R")
            ->check(CLI::Range(0.0, most).description(""));
    };
    constexpr double sigma_max = 100;
    add("--load-sigma", uncertainty.load_sigma, sigma_max,
        "relative standard deviation of each customer's consumption");
    add("--generation-sigma", uncertainty.generation_sigma, sigma_max,
        "relative standard deviation of each customer's generation");
    add("--common-share", uncertainty.common_share, 1,
        "share of that variance which all customers of a kind in a feeder have in common");
}

}  // namespace

Settle add_forecast_congestion(CLI::App& app, CongestionOptions& options) {
    CLI::App& verb =
        *app.add_subcommand("forecast-congestion", "How probable violated limits are where forecasts are uncertain");
    verb.add_option("CASE", options.case_path, "case file")->required()->type_name("");
    verb.add_option("-o,--output", options.result_path, "result file to write, or folder of parts")
        ->required()
        ->type_name("RESULT");
    CongestionQuestion& question = options.question;
    add_uncertainty(verb, question.uncertainty);
    verb.add_option("--samples", question.samples, "random samples of each feeder and step")
        ->capture_default_str()
        ->type_name("N")
        ->check(CLI::Range(std::int64_t{1}, congestion_schema::samples_max).description(""));
    add_seed(verb, question.seed);
    verb.add_option_function<std::string>(
            "--quantiles",
            [&question](const std::string& text) { question.quantiles = number_list("--quantiles", text); },
            "of every value, numbers in [0, 1]")
        ->default_str(fmt::format("{}", fmt::join(question.quantiles, ",")))
        ->type_name("P,P,...");
    add_choice(verb, "--monitor", question.monitoring, monitoring_names, "buses whose voltage is watched");
    verb.add_option("--series", options.series, "series of the case to use; the first if not given")->type_name("NAME");
    add_threads(verb, options.threads);
    const std::function<void()> settle_region = add_region(verb, options.region, options.result_path);
    verb.add_flag("--json", options.json, "summary for machines on standard output");
    verb.add_flag("--dry-run", options.dry_run, "say what would be done, and stop");
    verb.add_flag("--quiet", options.quiet, "errors only");
    return [settle_region, &question] {
        settle_region();
        if (const auto fault = question.fault()) throw UsageError("headroom forecast-congestion: " + *fault);
    };
}

}  // namespace headroom::cli
