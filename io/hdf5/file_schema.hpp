#pragma once

#include <cstdint>
#include <string_view>

#include "io/hdf5/reader.hpp"

namespace headroom {

/// Whether the file says of itself that it follows this schema.
bool has_schema(const Hdf5Reader& reader, std::string_view schema);

/// Throws InputError where the file follows another schema or another version of it.
/// @param what  the word for such files in the message: "case file"
void require_schema(const Hdf5Reader& reader, std::string_view what, std::string_view schema, std::int64_t version);

/// The same where several versions are read: the one that the file follows.
std::int64_t schema_version(const Hdf5Reader& reader, std::string_view what, std::string_view schema,
                            std::int64_t oldest, std::int64_t newest);

}  // namespace headroom
