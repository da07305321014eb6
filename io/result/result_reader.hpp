#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <vector>

#include "io/hdf5/reader.hpp"
#include "io/result/run_info.hpp"
#include "io/result/schema.hpp"

namespace headroom {

/// Reads whole datasets of known shape and checks that their values are what the schema allows.
class ResultReader {
public:
    explicit ResultReader(const Hdf5Reader& reader) : reader_(reader) {}

    template <class T> std::vector<T> values(const std::string& path, const Shape& shape) const {
        const DatasetReader dataset = reader_.dataset(path, element_type_of<T>(), shape.size());
        dataset.require_shape(shape);
        std::vector<T> all(element_count(shape));
        dataset.read(Slab::whole(shape), all.data());
        return all;
    }

    template <class T> std::vector<T> values(const std::string& path, const Shape& shape, T lowest, T highest) const {
        std::vector<T> all = values<T>(path, shape);
        for (std::size_t i = 0; i < all.size(); ++i)
            if (all[i] < lowest || all[i] > highest)
                reader_.fail(path,
                             fmt::format("value {}: must lie in [{}, {}], is {}", i, static_cast<std::int64_t>(lowest),
                                         static_cast<std::int64_t>(highest), static_cast<std::int64_t>(all[i])));
        return all;
    }

    std::vector<std::string> text(const std::string& path, std::uint64_t rows, std::uint64_t bytes_max) const {
        const DatasetReader dataset = reader_.dataset(path, ElementType::text, 2);
        const std::uint64_t width = dataset.shape()[1];
        if (width > bytes_max)
            reader_.fail(path, fmt::format("has {} bytes per row, at most {} are accepted", width, bytes_max));
        dataset.require_shape({rows, width});
        return dataset.read_text(0, rows);
    }

    std::uint64_t length(const std::string& path, ElementType type, std::size_t rank) const {
        const std::uint64_t rows = reader_.dataset(path, type, rank).shape()[0];
        if (rows > result_schema::rows_max)
            reader_.fail(path, fmt::format("has {} rows, at most {} are accepted", rows, result_schema::rows_max));
        return rows;
    }

    bool has(const std::string& path) const { return reader_.has(path); }
    std::string note(const std::string& name) const { return reader_.text_attribute("/", name); }
    /// The question of envelopes, from the root attributes of their file or of one that was computed from them.
    /// version and simd are those of the file itself.
    /// @param options  attribute that holds the question's options
    RunInfo envelope_question(const std::string& options) const {
        return {.flow = note("flow"),
                .policy = note("policy"),
                .direction = note("direction"),
                .reference = note("reference"),
                .case_name = note("case_name"),
                .case_digest = note("case_digest"),
                .series = note("series"),
                .version = note("version"),
                .simd = note("simd"),
                .options = note(options)};
    }

private:
    const Hdf5Reader& reader_;
};

}  // namespace headroom
