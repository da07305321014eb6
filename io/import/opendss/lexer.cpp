#include "io/import/opendss/lexer.hpp"

#include <cctype>

#include <fmt/format.h>

#include "io/errors.hpp"

namespace headroom::opendss {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v'; }

char closing_quote(char opening) {
    switch (opening) {
        case '(': return ')';
        case '[': return ']';
        case '{': return '}';
        case '"': return '"';
        case '\'': return '\'';
        default: return '\0';
    }
}

class Scanner {
public:
    Scanner(std::string_view text, const Location& where) : text_(text), where_(where) {}

    bool at_end() {
        while (position_ < text_.size() && is_blank(text_[position_])) ++position_;
        return position_ >= text_.size() || at_comment();
    }

    Parameter token() {
        Parameter result;
        const char closing = closing_quote(text_[position_]);
        if (closing != '\0') {
            const std::size_t end = text_.find(closing, position_ + 1);
            if (end == std::string_view::npos) fail(where_, fmt::format("quote {} is not closed", text_[position_]));
            result.value = text_.substr(position_ + 1, end - position_ - 1);
            result.quoted = true;
            position_ = end + 1;
            return result;
        }
        const std::size_t begin = position_;
        while (position_ < text_.size() && !is_blank(text_[position_]) && text_[position_] != ','
               && text_[position_] != '=' && !at_comment())
            ++position_;
        result.value = text_.substr(begin, position_ - begin);
        return result;
    }

    bool take(char c) {
        if (at_end() || text_[position_] != c) return false;
        ++position_;
        return true;
    }

private:
    bool at_comment() const { return text_[position_] == '!' || text_.substr(position_, 2) == "//"; }

    std::string_view text_;
    const Location& where_;
    std::size_t position_ = 0;
};

}  // namespace

std::string Location::text() const { return file ? fmt::format("{}:{}", *file, line) : std::string("built in"); }

void fail(const Location& where, std::string_view what) { throw InputError(fmt::format("{}: {}", where.text(), what)); }

std::vector<Parameter> split_parameters(std::string_view text, const Location& where) {
    std::vector<Parameter> result;
    Scanner scanner(text, where);
    while (!scanner.at_end()) {
        Parameter parameter = scanner.token();
        if (scanner.take('=')) {
            const std::string name = lower_case(parameter.value);
            parameter = scanner.at_end() ? Parameter{} : scanner.token();
            parameter.name = name;
        }
        scanner.take(',');
        result.push_back(std::move(parameter));
    }
    return result;
}

std::vector<Parameter> split_list(std::string_view text, const Location& where) {
    std::vector<Parameter> result;
    Scanner scanner(text, where);
    while (!scanner.at_end()) {
        Parameter item = scanner.token();
        const bool separated = scanner.take(',') || scanner.take('=');
        if (!item.value.empty() || item.quoted || separated) result.push_back(std::move(item));
    }
    return result;
}

std::string lower_case(std::string_view text) {
    std::string result(text);
    for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return result;
}

std::string_view trim(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

}  // namespace headroom::opendss
