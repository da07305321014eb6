#pragma once

#include <fmt/format.h>

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "io/case/case_columns.hpp"
#include "io/hdf5/notes.hpp"
#include "io/hdf5/writer.hpp"

namespace headroom {

template <class T> using ScalarOf = typename Cell<T>::Scalar;

/// What a dataset says about itself.
template <class T> Attributes notes_of(const ColumnNote& note) {
    if constexpr (std::is_same_v<ScalarOf<T>, double>) return describe_float(note.long_name, note.units);
    using Flag = std::conditional_t<std::is_same_v<ScalarOf<T>, std::uint8_t>, std::uint8_t, std::int8_t>;
    Attributes attributes = describe(note.long_name, note.units);
    if (!note.values.empty()) add_counting_flags<Flag>(attributes, note.values);
    if (!note.bits.empty()) add_bit_flags(attributes, note.bits);
    if (note.may_be_never) attributes.push_back({"_FillValue", std::vector<std::int64_t>{OrderColumns::never}});
    return attributes;
}

/// Writes each column it is shown into one group.
class ColumnWriter {
public:
    ColumnWriter(Hdf5Writer& writer, const GroupNote& group, const std::string& currency)
        : writer_(writer), group_(group), currency_(currency) {}

    void operator()(const ColumnNote& note, const std::vector<std::string>& words) const {
        writer_.write_text(path(note), std::string(group_.rows), words, describe(note.long_name));
    }

    template <class T> void operator()(const ColumnNote& note, const std::vector<T>& column) const {
        std::vector<std::string> axes = split_words(note.axes);
        axes.insert(axes.begin(), std::string(group_.rows));
        Attributes notes = notes_of<T>(note);
        if (note.money) notes.push_back({"currency", currency_});
        writer_.write({path(note), element_type_of<ScalarOf<T>>(), axes, std::move(notes), Chunking::rows},
                      column.data());
    }

    template <class T>
    void operator()(const ColumnNote& note, const std::vector<T>& column, const std::type_identity_t<T>&) const {
        (*this)(note, column);
    }

private:
    std::string path(const ColumnNote& note) const { return fmt::format("{}/{}", group_.path, note.name); }

    Hdf5Writer& writer_;
    GroupNote group_;
    const std::string& currency_;
};

/// A group of its own with all its columns and their row axis.
template <class Columns>
void write_group(Hdf5Writer& writer, const GroupNote& group, const Columns& columns, const std::string& currency) {
    writer.group(std::string(group.path));
    writer.annotate(std::string(group.path), describe(group.long_name));
    writer.dimension(std::string(group.rows), columns.id.size());
    visit_columns(columns, ColumnWriter(writer, group, currency));
}

}  // namespace headroom
