#pragma once

#include <concepts>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace headroom {

/// "1 bus", "2 buses", "0 items".    @param one  of it, a noun with a regular plural
template <std::integral Number> std::string counted(Number number, std::string_view one) {
    const bool hisses = one.ends_with("s") || one.ends_with("x") || one.ends_with("ch") || one.ends_with("sh");
    const std::string_view ending = number == 1 ? "" : hisses ? "es" : "s";
    return fmt::format("{} {}{}", number, one, ending);
}

}  // namespace headroom
