#include "io/cli/stage_verb.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "io/cli/option_kinds.hpp"

namespace headroom::cli {

namespace {

/// Options of verbs that stages leave to the job, and what to do about them.
constexpr auto left_to_the_job = std::to_array<std::pair<std::string_view, std::string_view>>(
    {{"help", ""},
     {"case", "; the case stands above the stages"},
     {"output", "; the file that a stage writes is 'file'"},
     {"json", "; it is an option of 'headroom run'"},
     {"dry-run", "; it is an option of 'headroom run'"},
     {"quiet", "; it is an option of 'headroom run'"}});

auto find_left(std::string_view key) {
    return std::find_if(left_to_the_job.begin(), left_to_the_job.end(),
                        [key](const auto& left) { return left.first == key; });
}

}  // namespace

StageVerb::StageVerb(const StageKind& kind) : kind_(kind), options_(verb_options(std::string(kind.verb))) {}

bool StageVerb::takes(std::string_view option) const {
    return std::any_of(options_.begin(), options_.end(), [option](const VerbOption& o) { return o.name == option; });
}

bool StageVerb::is_of_the_job(const std::string& key) const {
    return key == "name" || (key == "file" && writes()) || (!kind_.link.empty() && key == kind_.link);
}

std::vector<std::string> StageVerb::keys() const {
    std::vector<std::string> keys{"name"};
    if (writes()) keys.emplace_back("file");
    if (!kind_.link.empty() && !takes(kind_.link)) keys.emplace_back(kind_.link);
    for (const VerbOption& option : options_)
        if (find_left(option.name) == left_to_the_job.end()) keys.push_back(option.name);
    return keys;
}

std::string StageVerb::fault(const JobEntry& entry) const {
    const std::vector<std::string> known = keys();
    if (std::find(known.begin(), known.end(), entry.key) == known.end()) {
        const auto left = find_left(entry.key);
        return fmt::format("there is no key '{}'{}; keys are the long options of 'headroom {}'", entry.key,
                           left == left_to_the_job.end() ? hint(entry.key, known) : std::string(left->second),
                           kind_.verb);
    }
    const auto option =
        std::find_if(options_.begin(), options_.end(), [&](const VerbOption& o) { return o.name == entry.key; });
    const bool takes_value = option == options_.end() || option->takes_value;
    if (takes_value && entry.kind == JobValueKind::truth)
        return fmt::format("'{}' takes a text or a number, not {}", entry.key, entry.value);
    if (!takes_value && entry.kind != JobValueKind::truth)
        return fmt::format("'{}' is true or false, not '{}'", entry.key, entry.value);
    return "";
}

}  // namespace headroom::cli
