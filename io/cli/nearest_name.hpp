#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headroom::cli {

/// The name that a mistyped word most likely meant: fewest single-character edits, at most a third of the word (and at
/// least one); the first of equals. Nothing if no name is that close.
std::optional<std::string> nearest_name(std::string_view word, const std::vector<std::string>& names);

}  // namespace headroom::cli
