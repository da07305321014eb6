#include "io/import/csv/csv_moment.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include <fmt/format.h>

#include "io/import/csv/csv_value.hpp"

namespace headroom::csv {
namespace {

constexpr std::int64_t per_second = 1'000'000;
constexpr std::size_t decimals_max = 6, fraction_at = 19;  // "2025-03-01T00:30:00" and then ".25"

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// 250000 of "25".
std::optional<std::int64_t> parse_decimals(std::string_view digits) {
    if (digits.empty() || digits.size() > decimals_max || !std::ranges::all_of(digits, is_digit)) return std::nullopt;
    std::int64_t value = 0;
    for (std::size_t k = 0; k < decimals_max; ++k) value = 10 * value + (k < digits.size() ? digits[k] - '0' : 0);
    return value;
}

/// sign * (seconds * 10^6 + micro), unless that is beyond 64 bits.
std::optional<std::int64_t> joined(std::int64_t sign, std::int64_t seconds, std::int64_t micro) {
    std::int64_t value = 0;
    if (__builtin_mul_overflow(sign * seconds, per_second, &value)
        || __builtin_add_overflow(value, sign * micro, &value))
        return std::nullopt;
    return value;
}

std::optional<std::int64_t> parse_seconds(std::string_view text) {
    const std::int64_t sign = text.starts_with('-') ? -1 : 1;
    if (sign < 0) text.remove_prefix(1);
    const std::string_view whole = text.substr(0, text.find('.'));
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(whole.data(), whole.data() + whole.size(), seconds);
    if (whole.empty() || !is_digit(whole.front()) || error != std::errc{} || end != whole.data() + whole.size())
        return std::nullopt;
    if (whole.size() == text.size()) return joined(sign, seconds, 0);
    const auto micro = parse_decimals(text.substr(whole.size() + 1));
    return micro ? joined(sign, seconds, *micro) : std::nullopt;
}

/// The decimals of `micro` behind a point, without zeros at the end; nothing for 0.
std::string fraction_text(std::int64_t micro) {
    if (micro == 0) return "";
    std::string text = fmt::format(".{:06}", micro);
    return text.substr(0, text.find_last_not_of('0') + 1);
}

}  // namespace

std::string moment_text(std::int64_t microseconds) {
    constexpr std::int64_t year_0 = -62'167'219'200, year_10000 = 253'402'300'800;
    std::int64_t seconds = microseconds / per_second, micro = microseconds % per_second;
    if (seconds <= year_0 || seconds >= year_10000) return fmt::format("{}{}", seconds, fraction_text(std::abs(micro)));
    if (micro < 0) {
        --seconds;
        micro += per_second;
    }
    return time_text(seconds).insert(fraction_at, fraction_text(micro));
}

std::optional<std::int64_t> parse_moment(std::string_view text) {
    if (text.size() <= fraction_at || text[4] != '-') return parse_seconds(text);
    std::string whole(text);
    std::int64_t micro = 0;
    if (whole[fraction_at] == '.') {
        const std::size_t end = std::min(whole.find_first_not_of("0123456789", fraction_at + 1), whole.size());
        const auto decimals = parse_decimals(std::string_view(whole).substr(fraction_at + 1, end - fraction_at - 1));
        if (!decimals) return std::nullopt;
        micro = *decimals;
        whole.erase(fraction_at, end - fraction_at);
    }
    const auto seconds = parse_time(whole);
    return seconds ? joined(1, *seconds, micro) : std::nullopt;
}

}  // namespace headroom::csv
