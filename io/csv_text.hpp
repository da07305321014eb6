#pragma once

#include <string>
#include <string_view>

namespace headroom {

/// A cell of a CSV file: in quotes where it holds a comma, a quote or a line break.
std::string csv_text(std::string_view text);

}  // namespace headroom
