#include "io/cli/option_kinds.hpp"

#include <charconv>
#include <cmath>
#include <limits>

#include "io/cli/nearest_name.hpp"

namespace headroom::cli {

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

double parse_number(std::string_view text) {
    double number = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    return error == std::errc{} && stop == end ? number : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace headroom::cli
