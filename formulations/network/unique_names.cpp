#include "formulations/network/unique_names.hpp"

#include <fmt/format.h>

#include "formulations/network/validate.hpp"

namespace headroom {

std::string_view beginning(std::string_view text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) return text;
    const auto continues = [&](std::size_t at) { return (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U; };
    std::size_t end = bytes_max;
    while (end > 0 && continues(end)) --end;
    return text.substr(0, end);
}

std::string UniqueNames::take(const std::string& wanted) {
    if (wanted.size() <= id_bytes_max && taken_.insert(wanted).second) return wanted;
    std::int64_t& number = next_.try_emplace(wanted, 2).first->second;
    for (;;) {
        const std::string suffix = fmt::format("#{}", number++);
        std::string name = std::string(beginning(wanted, id_bytes_max - suffix.size())) + suffix;
        if (taken_.insert(name).second) return name;
    }
}

}  // namespace headroom
