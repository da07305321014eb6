#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace headroom::opendss {

/// A line of a script, for messages.
struct Location {
    std::shared_ptr<const std::string> file;
    int line = 0;

    std::string text() const;  ///< "Lines.txt:12"
};

/// Throws InputError "Lines.txt:12: what".
[[noreturn]] void fail(const Location& where, std::string_view what);

/// One piece of a command: `name=value`, or a bare value (name empty). Quotes are taken off; `quoted` remembers them,
/// because OpenDSS reads a quoted number as reverse Polish arithmetic and a bare one as a plain number.
struct Parameter {
    std::string name;   ///< lower case
    std::string value;  ///< as written
    bool quoted = false;
};

/// Splits a command at blanks, commas and `=`. Quotes are '' "" () [] {}; they do not nest: a quoted text ends at the
/// first closing mark of its own kind. A comment begins with ! or // outside quotes.
std::vector<Parameter> split_parameters(std::string_view text, const Location& where);

/// The same splitting for the inside of a list: "[0.4 (8 1000 /), 3]" without its brackets.
std::vector<Parameter> split_list(std::string_view text, const Location& where);

std::string lower_case(std::string_view text);
std::string_view trim(std::string_view text);

}  // namespace headroom::opendss
