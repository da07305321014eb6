#pragma once

#include <cstdint>
#include <string>

namespace headroom::cli {

/// "2025-03-01T00:30:00Z"; seconds beyond the year 9999 stay a number.
std::string utc_text(std::int64_t seconds);

}  // namespace headroom::cli
