#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace headroom::csv {

/// Microseconds since 1970-01-01 UTC as "2025-03-01T00:30:00.25Z"; outside the years 0 to 9999 as decimal seconds.
std::string moment_text(std::int64_t microseconds);

/// What moment_text() writes, any offset +hh:mm, or seconds with up to six decimals; nothing for any other text.
std::optional<std::int64_t> parse_moment(std::string_view text);

}  // namespace headroom::csv
