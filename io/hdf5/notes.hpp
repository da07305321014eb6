#pragma once

#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/hdf5/attribute.hpp"

namespace headroom {

/// Words of a text separated by single spaces.
std::vector<std::string> split_words(std::string_view text);

/// A word that stands twice among others.
std::optional<std::string> word_twice(std::vector<std::string> words);

/// What every dataset says: long_name, and units where it has any (UDUNITS spelling).
Attributes describe(std::string_view long_name, std::string_view units = {});

/// The same for float64, with NaN declared as the missing value.
Attributes describe_float(std::string_view long_name, std::string_view units);

/// CF flags of an enumeration: values[k] means the k-th word of `meanings`.
template <class T> void add_flags(Attributes& attributes, std::vector<T> values, std::string_view meanings) {
    attributes.push_back({"flag_values", std::move(values)});
    attributes.push_back({"flag_meanings", std::string(meanings)});
}

/// CF flags 0, 1, 2, ... for as many words as there are.
template <class T> void add_counting_flags(Attributes& attributes, std::string_view meanings) {
    std::vector<T> values;
    for (std::size_t k = 0; k < split_words(meanings).size(); ++k) values.push_back(static_cast<T>(k));
    add_flags(attributes, std::move(values), meanings);
}

/// CF flags of a set: bit k (1, 2, 4, ...) means the k-th word of `meanings`.
void add_bit_flags(Attributes& attributes, std::string_view meanings);

/// Notes of a column of UTC times.
Attributes describe_time(std::string_view long_name, std::string_view bounds);

}  // namespace headroom
