#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace headroom {

/// The types that datasets may have, little-endian in the file. Text is an array of single characters whose last axis
/// runs along the word: HDF5's own strings crash widespread readers when a file is damaged.
enum class ElementType : std::uint8_t { int8, uint8, int32, int64, float64, text };

std::size_t element_size(ElementType type);
std::string_view element_name(ElementType type);

/// HDF5's identifier of the type in the file, which is also the one in memory. Not owned by the caller.
std::int64_t element_identifier(ElementType type);

template <class T> constexpr ElementType element_type_of() {
    if constexpr (std::is_enum_v<T>)
        return element_type_of<std::underlying_type_t<T>>();
    else if constexpr (std::is_same_v<T, std::int8_t>)
        return ElementType::int8;
    else if constexpr (std::is_same_v<T, std::uint8_t>)
        return ElementType::uint8;
    else if constexpr (std::is_same_v<T, std::int32_t>)
        return ElementType::int32;
    else if constexpr (std::is_same_v<T, std::int64_t>)
        return ElementType::int64;
    else {
        static_assert(std::is_same_v<T, double>, "no dataset holds this type");
        return ElementType::float64;
    }
}

}  // namespace headroom
