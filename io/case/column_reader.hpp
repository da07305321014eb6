#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "io/case/case_columns.hpp"
#include "io/case/schema.hpp"
#include "io/hdf5/reader.hpp"

namespace headroom {

/// Rows [first, first + count) of a group that has `total` rows.
struct RowRange {
    std::uint64_t first = 0, count = 0, total = 0;
    bool whole() const { return first == 0 && count == total; }
};

/// Reads the same rows of each column it is shown.
class ColumnReader {
public:
    ColumnReader(const Hdf5Reader& reader, const GroupNote& group, const RowRange& rows)
        : reader_(reader), group_(group), rows_(rows) {}

    void operator()(const ColumnNote& note, std::vector<std::string>& words) const {
        const DatasetReader dataset = reader_.dataset(path(note), ElementType::text, 2);
        const std::uint64_t width = dataset.shape()[1];
        if (width > case_schema::id_bytes_max)
            reader_.fail(path(note), fmt::format("has {} bytes per identifier, at most {} are accepted", width,
                                                 case_schema::id_bytes_max));
        dataset.require_shape({rows_.total, width});
        words = dataset.read_text(rows_.first, rows_.count);
    }

    template <class T> void operator()(const ColumnNote& note, std::vector<T>& column) const {
        const Shape inner = Cell<T>::extents();
        const DatasetReader dataset =
            reader_.dataset(path(note), element_type_of<typename Cell<T>::Scalar>(), 1 + inner.size());
        Shape shape{rows_.total};
        Slab slab{{rows_.first}, {rows_.count}};
        for (const std::uint64_t length : inner) {
            shape.push_back(length);
            slab.offset.push_back(0);
            slab.count.push_back(length);
        }
        dataset.require_shape(shape);
        column.resize(rows_.count);
        dataset.read(slab, column.data());
    }

    template <class T>
    void operator()(const ColumnNote& note, std::vector<T>& column, const std::type_identity_t<T>& fallback) const {
        if (reader_.has(path(note)))
            (*this)(note, column);
        else
            column.assign(rows_.count, fallback);
    }

private:
    std::string path(const ColumnNote& note) const { return fmt::format("{}/{}", group_.path, note.name); }

    const Hdf5Reader& reader_;
    GroupNote group_;
    RowRange rows_;
};

}  // namespace headroom
