#include "io/import/csv/csv_table.hpp"

#include <algorithm>
#include <fstream>
#include <unordered_set>

#include <fmt/format.h>

#include "io/errors.hpp"
#include "io/report/counted.hpp"

namespace headroom::csv {
namespace {

constexpr std::uintmax_t size_max = std::uintmax_t{1} << 30;

std::string read_text(const std::filesystem::path& file) {
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(file, error);
    if (error) throw InputError(fmt::format("{}: cannot be read", file.string()));
    if (size > size_max) throw InputError(fmt::format("{}: is larger than 1 GiB", file.string()));
    std::string text(size, '\0');
    std::ifstream stream(file, std::ios::binary);
    if (!stream.read(text.data(), static_cast<std::streamsize>(size)))
        throw InputError(fmt::format("{}: cannot be read", file.string()));
    if (text.find('\0') != std::string::npos) throw InputError(fmt::format("{}: is not a text file", file.string()));
    return text;
}

/// Reads fields one after the other.
class Scanner {
public:
    Scanner(std::string_view text, const std::string& file) : text_(text), file_(file) {}

    bool at_end() const { return position_ >= text_.size(); }
    int line() const { return line_; }

    /// One row; an empty line gives one empty field.
    std::vector<std::string> row() {
        std::vector<std::string> fields;
        do fields.push_back(field());
        while (take(','));
        take('\r');
        take('\n');
        return fields;
    }

private:
    bool take(char c) {
        if (at_end() || text_[position_] != c) return false;
        ++position_;
        if (c == '\n') ++line_;
        return true;
    }

    std::string field() {
        if (!take('"')) {
            const std::size_t end = std::min(text_.find_first_of(",\r\n", position_), text_.size());
            std::string result(text_.substr(position_, end - position_));
            position_ = end;
            return result;
        }
        std::string result;
        const int first = line_;
        while (true) {
            if (at_end()) throw InputError(fmt::format("{}:{}: a quote is not closed", file_, first));
            if (take('"')) {
                if (!take('"')) break;
                result += '"';
                continue;
            }
            result += text_[position_];
            take(text_[position_]);
        }
        if (!at_end() && std::string_view(",\r\n").find(text_[position_]) == std::string_view::npos)
            throw InputError(fmt::format("{}:{}: text follows a closing quote", file_, line_));
        return result;
    }

    std::string_view text_;
    const std::string& file_;
    std::size_t position_ = 0;
    int line_ = 1;
};

}  // namespace

Table::Table(const std::filesystem::path& file) : file_(file.filename().string()) { parse(read_text(file)); }

void Table::parse(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    Scanner scanner(text, file_);
    if (scanner.at_end()) fail("is empty");
    header_ = scanner.row();
    std::unordered_set<std::string> seen;
    for (const std::string& name : header_)
        if (!seen.insert(name).second) fail(fmt::format("column '{}' stands twice", name));
    while (!scanner.at_end()) {
        const int line = scanner.line();
        std::vector<std::string> row = scanner.row();
        if (row.size() == 1 && row.front().empty() && header_.size() > 1) continue;
        if (row.size() != header_.size())
            throw InputError(
                fmt::format("{}:{}: {}, the header has {}", file_, line, counted(row.size(), "field"), header_.size()));
        std::ranges::move(row, std::back_inserter(cells_));
        line_.push_back(line);
    }
}

std::optional<std::size_t> Table::column(std::string_view name) const {
    const auto found = std::ranges::find(header_, name);
    if (found == header_.end()) return std::nullopt;
    return static_cast<std::size_t>(found - header_.begin());
}

void Table::fail(std::size_t row, std::size_t column, std::string_view what) const {
    throw InputError(fmt::format("{}:{}, column '{}': {}", file_, line_[row], header_[column], what));
}

void Table::fail(std::string_view what) const { throw InputError(fmt::format("{}: {}", file_, what)); }

std::string quoted_field(std::string_view field) {
    if (field.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(field);
    std::string result = "\"";
    for (const char c : field) result.append(c == '"' ? 2 : 1, c);
    result += '"';
    return result;
}

}  // namespace headroom::csv
