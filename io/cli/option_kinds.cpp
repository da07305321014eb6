#include "io/cli/option_kinds.hpp"

#include <charconv>
#include <cmath>
#include <limits>

#include "io/cli/nearest_name.hpp"
#include "io/cli/utc_text.hpp"

namespace headroom::cli {

namespace {

/// CLI11 would take -1 for the largest number.
std::uint64_t whole_number(const std::string& option, std::string_view text) {
    std::uint64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || stop != end)
        throw UsageError(fmt::format("{}: '{}' is no whole number in [0, 2^64)", option, text));
    return number;
}

std::int64_t utc(const std::string& option, const std::string& text) {
    const auto parsed = parse_utc(text);
    if (!parsed) throw UsageError(fmt::format("{}: '{}' is not like 2025-03-01T00:30:00Z", option, text));
    return *parsed;
}

}  // namespace

std::string hint(std::string_view word, const std::vector<std::string>& names) {
    const auto nearest = nearest_name(word, names);
    return nearest ? fmt::format("; did you mean '{}'?", *nearest) : "";
}

void add_kw(CLI::App& verb, const std::string& option, double& watts, const std::string& help) {
    const auto keep = [&watts, option](const std::string& text) {
        const double kw = parse_number(text);
        if (!(kw >= 0) || !std::isfinite(kw)) {
            throw UsageError(fmt::format("{}: '{}' is no number of kW, 0 or more", option, text));
        }
        watts = 1000 * kw;
    };
    verb.add_option_function<std::string>(option, keep, help)
        ->type_name("KW")
        ->default_str(fmt::format("{:g}", watts / 1000));
}

void add_utc(CLI::App& verb, const std::string& option, std::int64_t& seconds, const std::string& help) {
    const auto keep = [&seconds, option](const std::string& text) { seconds = utc(option, text); };
    verb.add_option_function<std::string>(option, keep, help)->type_name("TIME")->default_str(utc_text(seconds));
}

void add_utc(CLI::App& verb, const std::string& option, std::optional<std::int64_t>& seconds, const std::string& help) {
    const auto keep = [&seconds, option](const std::string& text) { seconds = utc(option, text); };
    verb.add_option_function<std::string>(option, keep, help)->type_name("TIME");
}

void add_seed(CLI::App& verb, std::uint64_t& seed) {
    verb.add_option_function<std::string>(
            "--seed", [&seed](const std::string& text) { seed = whole_number("--seed", text); },
            "of the random numbers; the same seed, the same bytes")
        ->default_str(std::to_string(seed))
        ->type_name("N");
}

void add_threads(CLI::App& verb, int& threads) {
    verb.add_option("--threads", threads, "threads; 0 is one per processor")
        ->capture_default_str()
        ->type_name("N")
        ->check(CLI::Range(0, 4096).description(""));
}

double parse_number(std::string_view text) {
    double number = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    return error == std::errc{} && stop == end ? number : std::numeric_limits<double>::quiet_NaN();
}

CLI::Validator number_within(double least, double most) {
    const auto fault = [least, most](const std::string& text) {
        double number = 0;
        const bool is_number = CLI::detail::lexical_cast(text, number);
        if (is_number && number >= least && number <= most) return std::string{};
        return fmt::format("Value {} not in range {:g} to {:g}", text, least, most);
    };
    return {fault, ""};
}

}  // namespace headroom::cli
