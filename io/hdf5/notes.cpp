#include "io/hdf5/notes.hpp"

#include <algorithm>

namespace headroom {

std::optional<std::string> word_twice(std::vector<std::string> words) {
    std::ranges::sort(words);
    const auto twin = std::ranges::adjacent_find(words);
    return twin == words.end() ? std::nullopt : std::optional(*twin);
}

std::vector<std::string> split_words(std::string_view text) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const std::size_t end = text.find(' ');
        words.emplace_back(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    }
    return words;
}

Attributes describe(std::string_view long_name, std::string_view units) {
    Attributes attributes{{"long_name", std::string(long_name)}};
    if (!units.empty()) attributes.push_back({"units", std::string(units)});
    return attributes;
}

Attributes describe_float(std::string_view long_name, std::string_view units) {
    Attributes attributes = describe(long_name, units);
    attributes.push_back({"_FillValue", std::vector<double>{std::numeric_limits<double>::quiet_NaN()}});
    return attributes;
}

void add_bit_flags(Attributes& attributes, std::string_view meanings) {
    std::vector<std::uint8_t> masks;
    for (std::size_t k = 0; k < split_words(meanings).size(); ++k) masks.push_back(static_cast<std::uint8_t>(1U << k));
    attributes.push_back({"flag_masks", std::move(masks)});
    attributes.push_back({"flag_meanings", std::string(meanings)});
}

Attributes describe_time(std::string_view long_name, std::string_view bounds) {
    Attributes attributes = describe(long_name, "seconds since 1970-01-01 00:00:00");
    attributes.push_back({"standard_name", "time"});
    attributes.push_back({"calendar", "proleptic_gregorian"});
    attributes.push_back({"axis", "T"});
    attributes.push_back({"bounds", std::string(bounds)});
    return attributes;
}

}  // namespace headroom
