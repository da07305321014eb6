#include "io/case/series_choice.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "io/case/schema.hpp"
#include "io/errors.hpp"
#include "io/hdf5/notes.hpp"

namespace headroom {

std::vector<std::string> series_names(const Hdf5Reader& reader) {
    std::vector<std::string> names = split_words(reader.text_attribute("/series", "names"));
    if (names.empty()) reader.fail("/series", "attribute names is empty");
    for (const std::string& name : names)
        if (!case_schema::is_series_name(name))
            reader.fail("/series", fmt::format("'{}' is no name for a series", name));
    if (const auto twin = word_twice(names))
        reader.fail("/series", fmt::format("attribute names has '{}' twice", *twin));
    return names;
}

std::string chosen_series(const Hdf5Reader& reader, const std::string& name) {
    const std::vector<std::string> names = series_names(reader);
    if (name.empty()) return names.front();
    if (std::find(names.begin(), names.end(), name) == names.end())
        throw InputError(fmt::format("'{}' has no series '{}'; it has: {}", reader.name(), name,
                                     reader.text_attribute("/series", "names")));
    return name;
}

RowRange all_feeders(const Hdf5Reader& reader) {
    const std::uint64_t total = reader.dataset("/feeder/id", ElementType::text, 2).shape()[0];
    if (total > case_schema::feeders_max)
        reader.fail("/feeder/id",
                    fmt::format("has {} feeders, at most {} are accepted", total, case_schema::feeders_max));
    return {0, total, total};
}

}  // namespace headroom
