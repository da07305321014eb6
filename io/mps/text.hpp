#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace headroom::mps {

/// A line of the file, for messages.
struct Place {
    std::string_view file;
    int line = 0;

    /// Throws InputError "afiro.mps:12: what".
    [[noreturn]] void fail(std::string_view what) const;
};

/// A name from the file as messages show it: in quotes, long ones cut.
std::string shown_name(std::string_view name);

/// The text of a plain or gzip-compressed file; the content tells which. Throws InputError: unreadable, damaged, more
/// than `bytes_max` of text, control characters.
std::string read_text(const std::filesystem::path& file, std::size_t bytes_max);

/// A line without its end; `text` is neither blank nor a comment.
struct Line {
    std::string_view text;
    int number = 0;

    /// Sections begin in the first column, data lines with a blank.
    bool heading() const { return text.front() != ' ' && text.front() != '\t'; }
};

/// Hands out the lines that say something; those that begin with * are comments.
class LineReader {
public:
    explicit LineReader(std::string_view text) : rest_(text) {}

    std::optional<Line> next();
    int last_number() const { return number_; }

private:
    std::string_view rest_;
    int number_ = 0;
};

std::string_view trim(std::string_view text);

/// Takes the next word, up to a blank, off the front of `text`; empty if there is none.
std::string_view take_word(std::string_view& text);

}  // namespace headroom::mps
