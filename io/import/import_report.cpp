#include "io/import/import_report.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace headroom {

void ImportReport::add(std::vector<ImportCount>& list, std::string_view what, std::string_view where) {
    const auto found = std::find_if(list.begin(), list.end(), [&](const ImportCount& c) { return c.what == what; });
    if (found != list.end()) {
        ++found->count;
        return;
    }
    list.push_back({std::string(what), 1, std::string(where)});
}

void ImportReport::note(std::string text) {
    if (std::find(notes_.begin(), notes_.end(), text) == notes_.end()) notes_.push_back(std::move(text));
}

std::string ImportReport::text() const {
    std::string out;
    const auto line = [&](const char* kind, const ImportCount& c) {
        out += fmt::format("{} {} x {}", kind, c.count, c.what);
        out += c.example.empty() ? "\n" : fmt::format(" (first at {})\n", c.example);
    };
    for (const std::string& text : notes_) out += "note: " + text + "\n";
    for (const ImportCount& c : skipped_) line("skipped:", c);
    for (const ImportCount& c : understood_) line("understood:", c);
    return out;
}

}  // namespace headroom
