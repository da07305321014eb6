#pragma once

#include <cstdint>
#include <string_view>

#include "io/hdf5/attribute.hpp"
#include "io/result/run_info.hpp"

namespace headroom {

/// Root attributes of a result: the schema, then what the result was computed from.
Attributes root_notes(std::string_view schema, std::int64_t version, const RunNotes& notes);

}  // namespace headroom
