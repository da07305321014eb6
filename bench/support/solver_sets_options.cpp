#include "bench/support/solver_sets_options.hpp"

#include <charconv>
#include <string_view>

#include <fmt/format.h>

#include "io/errors.hpp"

namespace headroom::bench {
namespace {

double parse_tolerance(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !(value >= 1e-12 && value <= 1e-2))
        throw UsageError(fmt::format("--tolerance {}: a number in [1e-12, 1e-2] is needed", text));
    return value;
}

}  // namespace

SolverSetsOptions parse_solver_sets(std::span<char*> arguments) {
    SolverSetsOptions options;
    for (std::size_t k = 1; k < arguments.size(); ++k) {
        const std::string_view word = arguments[k];
        if (!word.starts_with("--")) {
            options.folders.emplace_back(word);
            continue;
        }
        if (k + 1 == arguments.size()) throw UsageError(fmt::format("{} needs a value, or is not known", word));
        const std::string_view value = arguments[++k];
        if (word == "--tolerance")
            options.tolerance = parse_tolerance(value);
        else if (word == "--markdown")
            options.markdown = value;
        else if (word == "--dump")
            options.dump = value;
        else if (word == "--method" && (value == "dual" || value == "primal" || value == "barrier"))
            options.method = value;
        else if (word == "--peer" && value == "clp")
            options.clp = true;
        else
            throw UsageError(fmt::format("{} {} is not known", word, value));
    }
    if (options.folders.empty()) throw UsageError("a folder is needed");
    return options;
}

}  // namespace headroom::bench
