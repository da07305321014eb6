#include "io/mps/text.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <memory>

#include <fmt/format.h>

#include "io/errors.hpp"

namespace headroom::mps {
namespace {

constexpr std::string_view blanks = " \t";
constexpr std::size_t shown_max = 40;

struct CloseGzip {
    void operator()(gzFile file) const { gzclose_r(file); }
};
using GzipFile = std::unique_ptr<gzFile_s, CloseGzip>;

/// Position of the first character that no text has: control characters, and carriage returns inside a line.
std::size_t find_control(std::string_view text) {
    for (std::size_t k = 0; k < text.size(); ++k) {
        const auto code = static_cast<unsigned char>(text[k]);
        const bool line_end = text[k] == '\r' && (k + 1 == text.size() || text[k + 1] == '\n');
        if ((code < 0x20 && text[k] != '\n' && text[k] != '\t' && !line_end) || code == 0x7f) return k;
    }
    return std::string_view::npos;
}

/// What zlib gives, compressed or not.
std::string inflate(const std::filesystem::path& file, const std::string& name, std::size_t bytes_max) {
    const GzipFile stream(gzopen(file.c_str(), "rb"));
    if (!stream) throw InputError(fmt::format("{}: cannot be read", name));
    std::string text;
    std::array<char, 1 << 16> block{};
    while (true) {
        const int count = gzread(stream.get(), block.data(), static_cast<unsigned>(block.size()));
        if (count < 0) throw InputError(fmt::format("{}: the gzip data is damaged", name));
        if (count == 0) break;
        if (static_cast<std::size_t>(count) > bytes_max - text.size())
            throw InputError(fmt::format("{}: is longer than {} bytes of text", name, bytes_max));
        text.append(block.data(), static_cast<std::size_t>(count));
    }
    int status = Z_OK;
    gzerror(stream.get(), &status);
    if (status != Z_OK) throw InputError(fmt::format("{}: the gzip data ends too early", name));
    return text;
}

}  // namespace

void Place::fail(std::string_view what) const { throw InputError(fmt::format("{}:{}: {}", file, line, what)); }

std::string shown_name(std::string_view name) {
    if (name.size() <= shown_max) return fmt::format("'{}'", name);
    return fmt::format("'{}...'", name.substr(0, shown_max));
}

std::string read_text(const std::filesystem::path& file, std::size_t bytes_max) {
    const std::string name = file.filename().string();
    std::error_code error;
    // Directories open, pipes block.
    if (!std::filesystem::is_regular_file(file, error)) throw InputError(fmt::format("{}: is not a file", name));
    std::string text = inflate(file, name, bytes_max);
    // DOS marked the end of a text so.
    if (text.ends_with('\x1a')) text.pop_back();
    if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
    const std::size_t control = find_control(text);
    if (control != std::string::npos) {
        const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(control), '\n');
        throw InputError(fmt::format("{}:{}: a control character: this is not a text file", name, line));
    }
    return text;
}

std::optional<Line> LineReader::next() {
    while (!rest_.empty()) {
        const std::size_t end = std::min(rest_.find('\n'), rest_.size());
        std::string_view text = rest_.substr(0, end);
        rest_.remove_prefix(std::min(end + 1, rest_.size()));
        ++number_;
        text = text.substr(0, text.find_last_not_of(" \t\r") + 1);
        if (!text.empty() && text.front() != '*') return Line{text, number_};
    }
    return std::nullopt;
}

std::string_view trim(std::string_view text) {
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) + 1 - first);
}

std::string_view take_word(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    const std::string_view word = text.substr(0, text.find_first_of(blanks));
    text.remove_prefix(word.size());
    return word;
}

}  // namespace headroom::mps
