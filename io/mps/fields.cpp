#include "io/mps/fields.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "io/report/counted.hpp"

namespace headroom::mps {
namespace {

/// Columns [begin, end) of a card, counted from 0.
struct Columns {
    std::size_t begin, end;
};
constexpr Columns code_columns{1, 3}, owner_columns{4, 12};
constexpr std::array<Columns, 2> name_columns = {{{14, 22}, {39, 47}}}, number_columns = {{{24, 36}, {49, 61}}};
constexpr std::array<Columns, 6> gaps = {{{0, 1}, {3, 4}, {12, 14}, {22, 24}, {36, 39}, {47, 49}}};
constexpr std::size_t card_width = 61;
constexpr std::size_t words_max = 6;

std::string_view cut(std::string_view line, Columns columns) {
    if (line.size() <= columns.begin) return {};
    return trim(line.substr(columns.begin, columns.end - columns.begin));
}

bool is_word(std::string_view text) { return !text.empty() && text.find(' ') == std::string_view::npos; }

bool fills(const NamedNumber& entry) { return !entry.name.empty() && is_word(entry.number); }

bool is_empty(const NamedNumber& entry) { return entry.name.empty() && entry.number.empty(); }

bool fits_card(std::string_view line, Section section) {
    if (section == Section::columns && is_marker(line)) return true;
    if (line.size() > card_width || line.find('\t') != std::string_view::npos) return false;
    for (const Columns gap : gaps)
        if (!cut(line, gap).empty()) return false;
    const Fields fields = card_fields(line);
    const auto& [first, second] = fields.entry;
    const bool one_or_two = fills(first) && (is_empty(second) || fills(second));
    switch (section) {
        case Section::rows: return is_word(fields.code) && !fields.owner.empty() && is_empty(first) && is_empty(second);
        case Section::columns:
        case Section::triangle:
        case Section::symmetric: return fields.code.empty() && !fields.owner.empty() && one_or_two;
        case Section::rhs:
        case Section::ranges: return fields.code.empty() && one_or_two;
        case Section::bounds:
            return is_word(fields.code) && !first.name.empty() && is_empty(second)
                   && (is_word(first.number) || !has_number(fields.code));
        default: return true;
    }
}

/// Owner and one or two entries; in sections of sets the owner may be missing.
Fields free_entries(const std::vector<std::string_view>& words, bool may_lack_owner, const Place& place) {
    const bool lacks_owner = may_lack_owner && words.size() % 2 == 0;
    const std::size_t begin = lacks_owner ? 0 : 1, count = words.size() - begin;
    if (count != 2 && count != 4)
        place.fail(fmt::format("{}: a name, then one or two pairs of a name and a number are needed",
                               counted(words.size(), "field")));
    Fields fields;
    if (!lacks_owner) fields.owner = words[0];
    for (std::size_t k = 0; 2 * k < count; ++k) fields.entry[k] = {words[begin + 2 * k], words[begin + 2 * k + 1]};
    return fields;
}

Fields free_bound(const std::vector<std::string_view>& words, const Place& place) {
    Fields fields;
    fields.code = words[0];
    const std::size_t fewest = has_number(fields.code) ? 3 : 2;
    const std::size_t most = 4;  // a number where none is needed is allowed behind a set
    if (words.size() < fewest || words.size() > most)
        place.fail(fmt::format("{}: a type, a set, a column and its bound are needed", counted(words.size(), "field")));
    const std::size_t column = words.size() == fewest ? 1 : 2;
    if (column == 2) fields.owner = words[1];
    fields.entry[0].name = words[column];
    if (words.size() > column + 1) fields.entry[0].number = words[column + 1];
    return fields;
}

}  // namespace

std::optional<Section> find_section(std::string_view word) {
    struct Entry {
        std::string_view word;
        Section section;
    };
    static constexpr std::array<Entry, 11> known = {{{"NAME", Section::name},
                                                     {"OBJSENSE", Section::objsense},
                                                     {"ROWS", Section::rows},
                                                     {"COLUMNS", Section::columns},
                                                     {"RHS", Section::rhs},
                                                     {"RANGES", Section::ranges},
                                                     {"BOUNDS", Section::bounds},
                                                     {"QUADOBJ", Section::triangle},
                                                     {"QSECTION", Section::triangle},
                                                     {"QMATRIX", Section::symmetric},
                                                     {"ENDATA", Section::end}}};
    const auto* const found = std::ranges::find(known, word, &Entry::word);
    if (found == known.end()) return std::nullopt;
    return found->section;
}

bool has_number(std::string_view bound_type) {
    return bound_type != "FR" && bound_type != "MI" && bound_type != "PL" && bound_type != "BV";
}

bool is_card_format(std::string_view text) {
    LineReader lines(text);
    auto section = Section::name;
    while (const auto line = lines.next()) {
        if (!line->heading()) {
            if (!fits_card(line->text, section)) return false;
            continue;
        }
        std::string_view words = line->text;
        section = find_section(take_word(words)).value_or(Section::name);
        if (section == Section::end) break;
    }
    return true;
}

Fields card_fields(std::string_view line) {
    Fields fields;
    fields.code = cut(line, code_columns);
    fields.owner = cut(line, owner_columns);
    for (std::size_t k = 0; k < fields.entry.size(); ++k)
        fields.entry[k] = {cut(line, name_columns[k]), cut(line, number_columns[k])};
    return fields;
}

Fields free_fields(std::string_view line, Section section, const Place& place) {
    std::vector<std::string_view> words;
    while (words.size() <= words_max) {
        const std::string_view word = take_word(line);
        if (word.empty()) break;
        words.push_back(word);
    }
    if (words.size() > words_max) place.fail(fmt::format("more than {} fields", words_max));
    if (section == Section::bounds) return free_bound(words, place);
    if (section != Section::rows) {
        const bool has_sets = section == Section::rhs || section == Section::ranges;
        return free_entries(words, has_sets, place);
    }
    if (words.size() != 2) place.fail(fmt::format("{}: a type and a name are needed", counted(words.size(), "field")));
    return {.code = words[0], .owner = words[1], .entry = {}};
}

std::optional<double> parse_number(std::string_view text) {
    const bool plus = text.starts_with('+');
    if (plus) text.remove_prefix(1);
    if (text.empty() || text.size() > 100 || (plus && text.front() == '-')) return std::nullopt;
    std::string plain(text);
    // Fortran's exponents of double precision.
    if (text.find_first_of("0123456789") != std::string_view::npos)
        std::ranges::replace_if(
            plain, [](char c) { return c == 'd' || c == 'D'; }, 'e');
    double value = 0;
    const auto [end, error] = std::from_chars(plain.data(), plain.data() + plain.size(), value);
    if (error != std::errc{} || end != plain.data() + plain.size() || std::isnan(value)) return std::nullopt;
    return value;
}

}  // namespace headroom::mps
