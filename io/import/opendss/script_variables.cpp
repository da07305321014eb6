#include "io/import/opendss/script_variables.hpp"

#include <fmt/format.h>

namespace headroom::opendss {
namespace {

constexpr std::string_view word_ends = " \t,=.^|()[]{}\"'";
constexpr std::size_t text_max = 1'000'000;  // values that hold values could double with every line

bool begins_word(std::string_view text, std::size_t at) {
    return at == 0 || word_ends.find(text[at - 1]) != std::string_view::npos;
}

}  // namespace

void ScriptVariables::assign(std::span<const Parameter> parameters, const Location& where) {
    for (const Parameter& parameter : parameters) {
        if (parameter.name.size() < 2 || parameter.name.front() != '@')
            fail(where, fmt::format("'{:.40}': var needs @name=value",
                                    parameter.name.empty() ? parameter.value : parameter.name));
        values_[parameter.name] = parameter;
    }
}

const Parameter& ScriptVariables::value(std::string_view name, const Location& where) const {
    const auto found = values_.find(lower_case(name));
    if (found == values_.end()) fail(where, fmt::format("there is no variable '{:.40}'", name));
    return found->second;
}

void ScriptVariables::replace_in(Parameter& parameter, const Location& where) const {
    std::string& text = parameter.value;
    if (!parameter.quoted && text.size() > 1 && text.front() == '@' && text.find_first_of(".^") == std::string::npos) {
        const Parameter& whole = value(text, where);
        parameter.quoted = whole.quoted;
        text = whole.value;
        return;
    }
    for (std::size_t at = text.find('@'); at != std::string::npos; at = text.find('@', at + 1)) {
        if (!begins_word(text, at)) continue;
        const std::size_t end = std::min(text.find_first_of(word_ends, at), text.size());
        if (end == at + 1) continue;
        const Parameter& word = value(std::string_view(text).substr(at, end - at), where);
        const std::string inside = word.quoted ? fmt::format("({})", word.value) : word.value;
        text.replace(at, end - at, inside);
        if (text.size() > text_max) fail(where, "variables make a value of more than a million characters");
        at += inside.size() == 0 ? 0 : inside.size() - 1;
    }
}

}  // namespace headroom::opendss
