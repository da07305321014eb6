#include "io/cli/utc_text.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace headroom::cli {
namespace {

TEST(UtcText, PrintsAndReadsTheSameInstant) {
    // 2024-01-01 is day 19723 of the epoch (54 years, 13 of them leap years).
    constexpr std::int64_t new_year_2024 = 19'723LL * 86'400;

    EXPECT_EQ(utc_text(new_year_2024 + 1800), "2024-01-01T00:30:00Z");
    EXPECT_EQ(parse_utc("2024-01-01T00:30:00Z"), new_year_2024 + 1800);
    EXPECT_EQ(parse_utc("2024-01-01"), new_year_2024);
    EXPECT_EQ(parse_utc("1969-12-31T23:59:59Z"), -1);
}

TEST(UtcText, RefusesWhatIsNoInstant) {
    for (const char* text : {"", "2024", "2024-1-1", "2023-02-29", "2024-01-01T24:00:00Z", "2024-01-01T00:30:00",
                             "2024-01-01T00:30Z", "2024-01-01 00:30:00Z", "2024-01-01x", "2024-01-01T00:30:00Zx"}) {
        EXPECT_EQ(parse_utc(text), std::nullopt) << text;
    }
}

TEST(UtcText, PrintsAnySecondsWithoutFailing) {
    EXPECT_EQ(utc_text(std::numeric_limits<std::int64_t>::max()), "9223372036854775807 s since 1970");
}

}  // namespace
}  // namespace headroom::cli
