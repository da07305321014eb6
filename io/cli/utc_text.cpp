#include "io/cli/utc_text.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <ctime>

namespace headroom::cli {

std::string utc_text(std::int64_t seconds) {
    constexpr std::int64_t year_0000 = -62'167'219'200;
    constexpr std::int64_t year_10000 = 253'402'300'800;
    if (seconds < year_0000 || seconds >= year_10000) return fmt::format("{} s since 1970", seconds);
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

std::optional<std::int64_t> parse_utc(const std::string& text) {
    int year = 0, hour = 0, minute = 0, second = 0;
    unsigned month = 0, day = 0;
    const int fields =
        std::sscanf(text.c_str(), "%4d-%2u-%2uT%2d:%2d:%2dZ", &year, &month, &day, &hour, &minute, &second);
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
    if ((fields != 3 && fields != 6) || !date.ok()) return std::nullopt;
    const std::chrono::seconds days = std::chrono::sys_days(date).time_since_epoch();
    const std::int64_t seconds = days.count() + 3600 * hour + 60 * minute + second;
    // What prints otherwise than it was written had signs, blanks, hours beyond 23 or text behind it.
    const std::string canonical = utc_text(seconds);
    if (text != (fields == 6 ? canonical : canonical.substr(0, 10))) return std::nullopt;
    return seconds;
}

}  // namespace headroom::cli
