#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/hdf5/notes.hpp"
#include "io/hdf5/writer.hpp"

namespace headroom::result_axis {

inline constexpr const char *customers = "/customers", *feeders = "/feeders", *rows = "/rows",
                            *violations = "/violations", *prices = "/prices";

}  // namespace headroom::result_axis

namespace headroom {

/// Writes datasets by column, [step x column] in tiles.
struct ResultPage {
    Hdf5Writer& writer;

    template <class T>
    void series(const std::string& path, const std::string& axis, Attributes notes,
                const std::vector<T>& values) const {
        writer.write({path, element_type_of<T>(), {"/time", axis}, std::move(notes), Chunking::tiles}, values.data());
    }
    template <class T>
    void column(const std::string& path, const std::string& axis, Attributes notes,
                const std::vector<T>& values) const {
        writer.write({path, element_type_of<T>(), {axis}, std::move(notes), Chunking::rows}, values.data());
    }
    void text(const std::string& path, const std::string& axis, const char* long_name,
              const std::vector<std::string>& words) const {
        writer.write_text(path, axis, words, describe(long_name));
    }
    void group(const std::string& path, std::string_view long_name) const {
        writer.group(path);
        writer.annotate(path, describe(long_name));
    }
};

}  // namespace headroom
