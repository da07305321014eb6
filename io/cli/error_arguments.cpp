#include "io/cli/error_arguments.hpp"

#include <cmath>

#include "io/cli/option_kinds.hpp"
#include "io/cli/question_names.hpp"

namespace headroom::cli {

namespace {

constexpr double largest_share = 10;

void parse_impedance_error(const std::string& text, RowErrors& errors) {
    errors.impedance = parse_number(text);
    if (!(errors.impedance >= 0 && errors.impedance < 1))
        throw UsageError(fmt::format("--impedance-error: '{}' is no share of 0 or more and below 1", text));
}

}  // namespace

void set_forecast_error(const std::string& text, RowErrors& errors) {
    const auto colon = text.find(':');
    errors.forecast_share = parse_number(text.substr(0, colon));
    errors.forecast_kw = colon == std::string::npos ? 0 : parse_number(text.substr(colon + 1));
    if (!(errors.forecast_share >= 0 && errors.forecast_share <= largest_share) || !(errors.forecast_kw >= 0)
        || !std::isfinite(errors.forecast_kw))
        throw UsageError(
            fmt::format("--forecast-error: '{}' is not SHARE or SHARE:KW with a SHARE of 0 to {:g} and 0 kW or more",
                        text, largest_share));
}

void add_errors(CLI::App& verb, RowErrors& errors) {
    verb.add_option_function<std::string>(
            "--forecast-error", [&errors](const std::string& text) { set_forecast_error(text, errors); },
            "hold where every passive customer's P and Q deviate by this share of the forecast, and P by KW more")
        ->type_name("SHARE[:KW]")
        ->default_str("0");
    add_choice(verb, "--forecast-error-norm", errors.norm, error_norm_names,
               "deviations at once: each at its largest, or in a Euclidean ball through the largest of each");
    verb.add_option_function<std::string>(
            "--impedance-error", [&errors](const std::string& text) { parse_impedance_error(text, errors); },
            "hold where every branch's r and x are wrong by up to this share")
        ->type_name("RHO")
        ->default_str("0");
}

void check_errors(const AllocationQuestion& question) {
    const RowErrors& errors = question.errors;
    if (errors.impedance > 0 && question.secure == Secure::ac)
        throw UsageError(
            "--impedance-error: is of linear rows; with --secure ac envelopes hold for --forecast-error alone");
    if (errors.norm == ErrorNorm::ball && question.secure == Secure::ac)
        throw UsageError(
            "--forecast-error-norm: 2 is of linear rows; with --secure ac forecasts are wrong in a box (inf)");
    if (errors.any() && question.flow == FlowModel::linearised_ac)
        throw UsageError("--flow: robust envelopes need dc, lin-dist-flow or lin-dist3-flow, not linearised-ac");
    if (errors.norm != ErrorNorm::box && !errors.has_forecast())
        throw UsageError("--forecast-error-norm is of --forecast-error, which is not given");
    if (errors.impedance > 0 && question.flow == FlowModel::dc)
        throw UsageError("--impedance-error: dc has no voltages that would depend on impedances");
}

std::string forecast_error_text(const RowErrors& errors) {
    return errors.forecast_kw > 0 ? fmt::format("{}:{}", errors.forecast_share, errors.forecast_kw)
                                  : fmt::format("{}", errors.forecast_share);
}

}  // namespace headroom::cli
