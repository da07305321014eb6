#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/cli/choice.hpp"
#include "io/errors.hpp"

namespace headroom::cli {

/// "; did you mean 'NAME'?", or nothing if no name is near.
std::string hint(std::string_view word, const std::vector<std::string>& names);

template <class Table> std::vector<std::string> names_in(const Table& table) {
    std::vector<std::string> names;
    for (const auto& [name, meaning] : table) names.emplace_back(name);
    return names;
}

/// What a word means; a word that is not in the table is a UsageError.
template <class Table> auto chosen(const std::string& option, const std::string& word, const Table& table) {
    for (const auto& [name, meaning] : table) {
        if (name == word) return meaning;
    }
    const auto names = names_in(table);
    throw UsageError(fmt::format("{}: '{}' is none of {}{}", option, word, fmt::join(names, ", "), hint(word, names)));
}

/// An option whose value is one word of a table; the help shows the words and the default.
template <class Table, class Enum>
void add_choice(CLI::App& verb, const std::string& option, Enum& value, const Table& table, const std::string& help) {
    verb.add_option_function<std::string>(
            option, [&value, &table, option](const std::string& word) { value = chosen(option, word, table); }, help)
        ->type_name(fmt::format("{}", fmt::join(names_in(table), "|")))
        ->default_str(std::string(name_of(table, value)));
}

/// An option given in kW, 0 or more, for a value kept in W.
void add_kw(CLI::App& verb, const std::string& option, double& watts, const std::string& help);

/// An option given as 2025-03-01 or 2025-03-01T00:30:00Z, for seconds UTC.
void add_utc(CLI::App& verb, const std::string& option, std::int64_t& seconds, const std::string& help);
void add_utc(CLI::App& verb, const std::string& option, std::optional<std::int64_t>& seconds, const std::string& help);

/// The seed of random numbers, any whole number in [0, 2^64).
void add_seed(CLI::App& verb, std::uint64_t& seed);

/// How many threads compute.
void add_threads(CLI::App& verb, int& threads);

/// The number that is the whole of a text; NaN for any other text.
double parse_number(std::string_view text);

/// Takes numbers of [least, most] and nothing else: CLI::Range lets NaN through, which compares false with both.
CLI::Validator number_within(double least, double most);

}  // namespace headroom::cli
