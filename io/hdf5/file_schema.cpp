#include "io/hdf5/file_schema.hpp"

#include <fmt/format.h>

#include "io/errors.hpp"

namespace headroom {

bool has_schema(const Hdf5Reader& reader, std::string_view schema) {
    return reader.has_attribute("/", "schema") && reader.text_attribute("/", "schema") == schema;
}

void require_schema(const Hdf5Reader& reader, std::string_view what, std::string_view schema, std::int64_t version) {
    schema_version(reader, what, schema, version, version);
}

std::int64_t schema_version(const Hdf5Reader& reader, std::string_view what, std::string_view schema,
                            std::int64_t oldest, std::int64_t newest) {
    if (!has_schema(reader, schema))
        throw InputError(fmt::format("'{}' is no {}: attribute schema must be {}", reader.name(), what, schema));
    const std::int64_t found = reader.integer_attribute("/", "schema_version");
    if (found >= oldest && found <= newest) return found;
    const std::string known = oldest == newest ? fmt::format("{}", newest) : fmt::format("{} to {}", oldest, newest);
    throw InputError(fmt::format("'{}' has schema_version {}, this program reads {}", reader.name(), found, known));
}

}  // namespace headroom
