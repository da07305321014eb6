#include "io/import/csv/csv_value.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace headroom::csv {
namespace {

constexpr std::string_view conductor_letters = "abcn";
constexpr std::string_view terminal_letters = "gabcns";  // positions are TransformerColumns' terminal numbers

std::optional<int> parse_digits(std::string_view text) {
    int value = 0;
    if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{}) return std::nullopt;
    return value;
}

/// Seconds east of UTC of "Z" or "+10:00".
std::optional<int> parse_offset(std::string_view text) {
    if (text == "Z" || text == "z") return 0;
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
    const auto hours = parse_digits(text.substr(1, 2)), minutes = parse_digits(text.substr(4, 2));
    if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
    return (text[0] == '-' ? -1 : 1) * (*hours * 3600 + *minutes * 60);
}

}  // namespace

std::string number_text(double value, int shift) {
    if (std::isnan(value)) return "";
    if (value == 0.0) return std::signbit(value) ? "-0" : "0";
    char buffer[64];
    const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific);
    std::string_view text(buffer, static_cast<std::size_t>(end - buffer));
    if (std::isinf(value)) return std::string(text);
    const std::size_t e = text.find('e');
    const std::string_view mantissa = text.substr(0, e);
    int exponent = 0;
    std::string_view digits_of_exponent = text.substr(e + 1);
    if (digits_of_exponent.front() == '+') digits_of_exponent.remove_prefix(1);
    std::from_chars(digits_of_exponent.data(), digits_of_exponent.data() + digits_of_exponent.size(), exponent);
    exponent += shift;

    std::string digits;
    for (const char c : mantissa)
        if (c >= '0' && c <= '9') digits += c;
    const std::string_view sign = value < 0.0 ? "-" : "", all = digits;
    const int count = static_cast<int>(digits.size());
    if (exponent < -5 || exponent > 15)
        return fmt::format("{}{}{}{}e{}", sign, all.substr(0, 1), count > 1 ? "." : "", all.substr(1), exponent);
    if (exponent < 0) return fmt::format("{}0.{:0>{}}{}", sign, "", -exponent - 1, all);
    if (count <= exponent + 1) return fmt::format("{}{}{:0>{}}", sign, all, "", exponent + 1 - count);
    return fmt::format("{}{}.{}", sign, all.substr(0, exponent + 1), all.substr(exponent + 1));
}

std::optional<double> parse_number(std::string_view text, int shift) {
    if (text.starts_with('+')) text.remove_prefix(1);
    if (text.empty() || text.size() > 100) return std::nullopt;
    std::string shifted(text.substr(0, text.find_first_of("eE")));
    int exponent = 0;
    if (shifted.size() < text.size()) {
        std::string_view tail = text.substr(shifted.size() + 1);
        if (tail.starts_with('+')) tail.remove_prefix(1);
        const auto [end, error] = std::from_chars(tail.data(), tail.data() + tail.size(), exponent);
        if (error != std::errc{} || end != tail.data() + tail.size() || std::abs(exponent) > 100'000)
            return std::nullopt;
    }
    shifted += fmt::format("e{}", exponent + shift);
    double value = 0.0;
    const auto [end, error] = std::from_chars(shifted.data(), shifted.data() + shifted.size(), value);
    if (error != std::errc{} || end != shifted.data() + shifted.size() || !std::isfinite(value)) return std::nullopt;
    return value;
}

std::string phases_text(std::uint8_t phases) {
    std::string result;
    for (std::size_t k = 0; k < conductor_letters.size(); ++k)
        if ((phases >> k & 1) != 0) result += conductor_letters[k];
    return result;
}

std::optional<std::uint8_t> parse_phases(std::string_view text) {
    std::uint8_t phases = 0;
    for (const char c : text) {
        const std::size_t k = conductor_letters.find(c);
        if (k == std::string_view::npos || (phases >> k & 1) != 0) return std::nullopt;
        phases = static_cast<std::uint8_t>(phases | (1u << k));
    }
    return phases;
}

std::string coils_text(const TransformerColumns::Coils& coils) {
    std::string result;
    for (const auto& coil : coils) {
        if (coil[0] < 0 || coil[1] < 0) continue;
        if (!result.empty()) result += ' ';
        for (const std::int8_t end : coil) result += terminal_letters[static_cast<std::size_t>(end)];
    }
    return result;
}

std::optional<TransformerColumns::Coils> parse_coils(std::string_view text) {
    TransformerColumns::Coils coils;
    coils.fill({TransformerColumns::unused, TransformerColumns::unused});
    for (std::size_t k = 0; !text.empty(); ++k) {
        const bool more = text.size() > 2;
        if (k == coils.size() || text.size() < 2 || (more && text[2] != ' ')) return std::nullopt;
        for (std::size_t e = 0; e < 2; ++e) {
            const std::size_t terminal = terminal_letters.find(text[e]);
            if (terminal == std::string_view::npos) return std::nullopt;
            coils[k][e] = static_cast<std::int8_t>(terminal);
        }
        text.remove_prefix(more ? 3 : 2);
    }
    if (coils[0][0] < 0) return std::nullopt;
    return coils;
}

std::string time_text(std::int64_t seconds) {
    using namespace std::chrono;
    const sys_seconds time{std::chrono::seconds{seconds}};
    const auto day = floor<days>(time);
    const year_month_day date(day);
    const hh_mm_ss clock(time - day);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", int(date.year()), unsigned(date.month()),
                       unsigned(date.day()), clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

std::optional<std::int64_t> parse_time(std::string_view text) {
    std::int64_t plain = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), plain);
    if (error == std::errc{} && end == text.data() + text.size()) return plain;
    if (text.size() < 20 || text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != ' ') || text[13] != ':'
        || text[16] != ':')
        return std::nullopt;
    std::array<int, 6> part{};
    constexpr std::array<std::array<std::size_t, 2>, 6> place = {{{0, 4}, {5, 2}, {8, 2}, {11, 2}, {14, 2}, {17, 2}}};
    for (std::size_t k = 0; k < part.size(); ++k) {
        const auto digits = parse_digits(text.substr(place[k][0], place[k][1]));
        if (!digits) return std::nullopt;
        part[k] = *digits;
    }
    const std::chrono::year_month_day date{std::chrono::year(part[0]), std::chrono::month(unsigned(part[1])),
                                           std::chrono::day(unsigned(part[2]))};
    const auto offset = parse_offset(text.substr(19));
    if (!date.ok() || !offset || part[3] > 23 || part[4] > 59 || part[5] > 59) return std::nullopt;
    const auto days = std::chrono::sys_days(date).time_since_epoch().count();
    return std::int64_t{days} * 86'400 + part[3] * 3600 + part[4] * 60 + part[5] - *offset;
}

std::optional<std::int32_t> parse_step(std::string_view text, const std::vector<std::int64_t>& starts) {
    if (const auto number = parse_digits(text)) return *number;
    if (text.find_first_not_of("0123456789") == std::string_view::npos) return std::nullopt;  // beyond every series
    const auto time = parse_time(text);
    if (!time) return std::nullopt;
    const auto found = std::ranges::lower_bound(starts, *time);
    if (found == starts.end() || *found != *time) return std::nullopt;
    return static_cast<std::int32_t>(found - starts.begin());
}

}  // namespace headroom::csv
