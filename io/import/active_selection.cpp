#include "io/import/active_selection.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>

#include <fmt/format.h>

#include "io/errors.hpp"
#include "io/import/opendss/lexer.hpp"

namespace headroom {
namespace {

std::int64_t positive(std::string_view digits, std::string_view whole) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size() || value < 1)
        throw UsageError(
            fmt::format("active customers '{}': all, none, ids:FILE or a pattern like 1,3/5 is needed", whole));
    return value;
}

std::unordered_set<std::string> read_ids(const std::string& file) {
    std::ifstream stream(file);
    if (!stream) throw InputError(fmt::format("{}: the file of active customers cannot be read", file));
    std::unordered_set<std::string> ids;
    for (std::string line; std::getline(stream, line);)
        if (const auto id = opendss::lower_case(opendss::trim(line)); !id.empty()) ids.insert(id);
    return ids;
}

}  // namespace

ActiveSelection::ActiveSelection(std::string_view text) {
    if (text == "all") return;
    if (text == "none") {
        kind_ = Kind::none;
    } else if (text.starts_with("ids:")) {
        kind_ = Kind::ids;
        file_ = text.substr(4);
        ids_ = read_ids(file_);
    } else {
        kind_ = Kind::pattern;
        const std::size_t slash = text.find('/');
        period_ = slash == std::string_view::npos ? positive("", text) : positive(text.substr(slash + 1), text);
        std::string_view list = text.substr(0, slash);
        while (!list.empty()) {
            const std::size_t comma = list.find(',');
            positions_.push_back(positive(list.substr(0, comma), text) - 1);
            if (positions_.back() >= period_)
                throw UsageError(fmt::format("active customers '{}': position beyond {}", text, period_));
            list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
        }
    }
}

bool ActiveSelection::contains(std::string_view id, std::int64_t position) const {
    switch (kind_) {
        case Kind::ids: return ids_.contains(std::string(id));
        case Kind::pattern:
            return position >= 0 && std::ranges::find(positions_, position % period_) != positions_.end();
        case Kind::all: return position >= 0;
        case Kind::none: return false;
    }
    return false;
}

void ActiveSelection::require_all_used(const std::unordered_set<std::string>& ids) const {
    for (const std::string& id : ids_)
        if (!ids.contains(id)) throw InputError(fmt::format("{}: there is no customer '{}'", file_, id));
}

}  // namespace headroom
