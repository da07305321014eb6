#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headroom::csv {

/// A CSV file in memory (RFC 4180: commas, double quotes, CRLF or LF; a byte order mark is skipped): one header row,
/// then rows of the same width. Empty lines are skipped.
class Table {
public:
    /// Throws InputError with file and line: unreadable, larger than 1 GiB, quotes not closed, ragged, a column twice.
    explicit Table(const std::filesystem::path& file);

    const std::vector<std::string>& header() const { return header_; }
    std::size_t row_count() const { return line_.size(); }
    std::optional<std::size_t> column(std::string_view name) const;
    std::string_view cell(std::size_t row, std::size_t column) const { return cells_[row * header_.size() + column]; }

    const std::string& file() const { return file_; }       ///< its name
    int line(std::size_t row) const { return line_[row]; }  ///< of the file, from 1

    /// Throws InputError "customer.csv:12, column 'phases': what".
    [[noreturn]] void fail(std::size_t row, std::size_t column, std::string_view what) const;
    /// Throws InputError "customer.csv: what".
    [[noreturn]] void fail(std::string_view what) const;

private:
    void parse(std::string_view text);

    std::string file_;
    std::vector<std::string> header_;
    std::vector<std::string> cells_;
    std::vector<int> line_;  ///< of each row
};

/// A field with quotes where it needs them.
std::string quoted_field(std::string_view field);

}  // namespace headroom::csv
