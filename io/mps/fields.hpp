#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "io/mps/text.hpp"

namespace headroom::mps {

enum class Section : std::int8_t {
    name,
    objsense,
    rows,
    columns,
    rhs,
    ranges,
    bounds,
    triangle,   ///< QUADOBJ, QSECTION: one triangle of Q
    symmetric,  ///< QMATRIX: all of Q
    end,
};

/// The section of a heading such as "RHS"; nothing if there is no such section.
std::optional<Section> find_section(std::string_view word);

struct NamedNumber {
    std::string_view name, number;
};

/// What a data line says, by its places on a punched card; a place that is not filled is empty.
struct Fields {
    std::string_view code;             ///< columns 2-3: type of a row or a bound
    std::string_view owner;            ///< 5-12: name of the row or column; of the set in RHS, RANGES, BOUNDS
    std::array<NamedNumber, 2> entry;  ///< 15-22 and 25-36, 40-47 and 50-61; the second one may be missing
};

inline constexpr std::string_view no_integers = "integer variables are not supported";

/// Is this line of COLUMNS a marker, which begins or ends integer variables?
inline bool is_marker(std::string_view line) { return line.find("'MARKER'") != std::string_view::npos; }

/// Does a bound of this type have a number?
bool has_number(std::string_view bound_type);

/// Do all data lines keep to the columns of Fields, each place that the section needs filled, numbers single words?
/// Only then names may have blanks. Where free format happens to keep to them, both ways of reading mean the same.
bool is_card_format(std::string_view text);

/// The fields of a line of a file in card format.
Fields card_fields(std::string_view line);

/// The fields of a line whose words are separated by blanks. Throws InputError where their number fits nothing.
Fields free_fields(std::string_view line, Section section, const Place& place);

/// A decimal number, with E or D before the exponent, or a word for infinity; nothing if it is neither or no double
/// holds it.
std::optional<double> parse_number(std::string_view text);

}  // namespace headroom::mps
