#include "io/result/root_notes.hpp"

#include <string>
#include <vector>

namespace headroom {

Attributes question_notes(std::string_view schema, std::int64_t version, const RunInfo& run) {
    return {{"schema", std::string(schema)},
            {"schema_version", std::vector<std::int32_t>{static_cast<std::int32_t>(version)}},
            {"flow", run.flow},
            {"policy", run.policy},
            {"direction", run.direction},
            {"reference", run.reference},
            {"case_name", run.case_name},
            {"case_digest", run.case_digest},
            {"series", run.series},
            {"version", run.version},
            {"simd", run.simd},
            {"options", run.options}};
}

}  // namespace headroom
