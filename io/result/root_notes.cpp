#include "io/result/root_notes.hpp"

#include <array>
#include <string>
#include <utility>
#include <vector>

namespace headroom {
namespace {

constexpr std::array<std::pair<const char*, std::string RunInfo::*>, 10> members{
    {{"flow", &RunInfo::flow},
     {"policy", &RunInfo::policy},
     {"direction", &RunInfo::direction},
     {"reference", &RunInfo::reference},
     {"case_name", &RunInfo::case_name},
     {"case_digest", &RunInfo::case_digest},
     {"series", &RunInfo::series},
     {"version", &RunInfo::version},
     {"simd", &RunInfo::simd},
     {"options", &RunInfo::options}}};

}  // namespace

Attributes root_notes(std::string_view schema, std::int64_t version, const RunNotes& notes) {
    Attributes attributes{{"schema", std::string(schema)},
                          {"schema_version", std::vector<std::int32_t>{static_cast<std::int32_t>(version)}}};
    for (const auto& [name, text] : notes) attributes.push_back({name, text});
    return attributes;
}

RunNotes notes_of(const RunInfo& run) {
    RunNotes notes;
    for (const auto& [name, member] : members) notes.emplace_back(name, run.*member);
    return notes;
}

RunInfo run_info_of(const RunNotes& notes) {
    RunInfo run;
    for (const auto& [name, text] : notes)
        for (const auto& [known, member] : members)
            if (name == known) run.*member = text;
    return run;
}

}  // namespace headroom
