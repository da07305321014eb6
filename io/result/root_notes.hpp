#pragma once

#include <cstdint>
#include <string_view>

#include "io/hdf5/attribute.hpp"
#include "io/result/run_info.hpp"

namespace headroom {

/// Root attributes of files that hold envelopes or lead to them: the schema, then the question.
Attributes question_notes(std::string_view schema, std::int64_t version, const RunInfo& run);

}  // namespace headroom
