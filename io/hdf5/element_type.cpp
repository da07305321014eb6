#include "io/hdf5/element_type.hpp"

#include <hdf5.h>

#include <array>
#include <bit>

namespace headroom {
namespace {

static_assert(std::endian::native == std::endian::little, "files are little-endian and read without conversion");

struct Row {
    std::size_t size;
    std::string_view name;
};

constexpr std::array<Row, 6> rows{{{1, "int8"}, {1, "uint8"}, {4, "int32"}, {8, "int64"}, {8, "float64"}, {1, "char"}}};

/// One character, padded with zero bytes; lives as long as the process.
hid_t character_identifier() {
    static const hid_t type = [] {
        const hid_t made = H5Tcopy(H5T_C_S1);
        H5Tset_strpad(made, H5T_STR_NULLPAD);
        H5Tset_cset(made, H5T_CSET_ASCII);
        return made;
    }();
    return type;
}

}  // namespace

std::size_t element_size(ElementType type) { return rows[static_cast<std::size_t>(type)].size; }

std::string_view element_name(ElementType type) { return rows[static_cast<std::size_t>(type)].name; }

std::int64_t element_identifier(ElementType type) {
    switch (type) {
        case ElementType::int8: return H5T_STD_I8LE;
        case ElementType::uint8: return H5T_STD_U8LE;
        case ElementType::int32: return H5T_STD_I32LE;
        case ElementType::int64: return H5T_STD_I64LE;
        case ElementType::float64: return H5T_IEEE_F64LE;
        case ElementType::text: return character_identifier();
    }
    return -1;
}

}  // namespace headroom
