#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace headroom::cli {

/// "2025-03-01T00:30:00Z"; seconds beyond the year 9999 stay a number.
std::string utc_text(std::int64_t seconds);

/// Seconds of "2025-03-01" or "2025-03-01T00:30:00Z"; nothing for any other text.
std::optional<std::int64_t> parse_utc(const std::string& text);

}  // namespace headroom::cli
