#pragma once

#include <string_view>
#include <utility>

namespace headroom::cli {

/// One value of an option: its name on the command line and what it stands for.
template <class Enum> using Choice = std::pair<std::string_view, Enum>;

/// The command-line name of a value.    @pre the table names every value
template <class Table, class Enum> constexpr std::string_view name_of(const Table& table, Enum value) {
    for (const auto& [name, meaning] : table) {
        if (meaning == value) return name;
    }
    return "";
}

}  // namespace headroom::cli
