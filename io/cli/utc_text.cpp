#include "io/cli/utc_text.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

namespace headroom::cli {

std::string utc_text(std::int64_t seconds) {
    constexpr std::int64_t year_0000 = -62'167'219'200;
    constexpr std::int64_t year_10000 = 253'402'300'800;
    if (seconds < year_0000 || seconds >= year_10000) return fmt::format("{} s since 1970", seconds);
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

}  // namespace headroom::cli
