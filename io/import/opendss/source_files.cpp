#include "io/import/opendss/source_files.hpp"

#include <algorithm>
#include <fstream>

#include <fmt/format.h>

#include "io/errors.hpp"

namespace headroom::opendss {
namespace fs = std::filesystem;
namespace {

constexpr std::uintmax_t size_max = std::uintmax_t{256} << 20;

/// `folder / name` as it stands on disk, case ignored; empty if there is none.
fs::path entry_ignoring_case(const fs::path& folder, const std::string& name) {
    std::error_code error;
    if (name == "." || name == ".." || fs::exists(folder / name, error)) return folder / name;
    const std::string wanted = lower_case(name);
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, error))
        if (lower_case(entry.path().filename().string()) == wanted) return entry.path();
    return {};
}

bool is_below(const fs::path& file, const fs::path& root) {
    return std::mismatch(root.begin(), root.end(), file.begin(), file.end()).first == root.end();
}

}  // namespace

SourceFiles::SourceFiles(const fs::path& master) {
    std::error_code error;
    master_ = fs::canonical(master, error);
    if (error || !fs::is_regular_file(master_, error))
        throw InputError(fmt::format("{}: there is no such file", master.string()));
    root_ = master_.parent_path().parent_path();
    // A master directly below the root of the disk would open everything.
    if (root_ == root_.root_path()) root_ = master_.parent_path();
}

fs::path SourceFiles::search(std::string_view name, const fs::path& from, const Location& where) const {
    std::string clean(trim(name));
    if (clean.find('\0') != std::string::npos) fail(where, "a file name holds a zero byte");
    std::replace(clean.begin(), clean.end(), '\\', '/');
    if (clean.empty()) fail(where, "a file name is needed");
    const bool drive = clean.size() > 1 && clean[1] == ':';
    if (clean.front() == '/' || drive) fail(where, fmt::format("'{}' lies outside the directory of the case", name));
    fs::path found = from;
    for (const fs::path& part : fs::path(clean)) {
        found = entry_ignoring_case(found, part.string());
        if (found.empty()) return {};
    }
    std::error_code error;
    found = fs::canonical(found, error);
    if (error) return {};
    if (!is_below(found, root_)) fail(where, fmt::format("'{}' lies outside the directory of the case", name));
    return fs::is_regular_file(found, error) ? found : fs::path{};
}

fs::path SourceFiles::find(std::string_view name, const fs::path& from, const Location& where) const {
    fs::path found = search(name, from, where);
    if (found.empty()) found = search(name, master_.parent_path(), where);
    if (found.empty()) fail(where, fmt::format("there is no file '{}'", name));
    return found;
}

bool SourceFiles::exists(std::string_view name, const fs::path& from, const Location& where) const {
    return !search(name, from, where).empty() || !search(name, master_.parent_path(), where).empty();
}

std::string SourceFiles::read(const fs::path& file, const Location& where) const {
    std::error_code error;
    const std::uintmax_t size = fs::file_size(file, error);
    if (error || size > size_max)
        fail(where, fmt::format("{}: cannot be read, or is larger than 256 MiB", shown(file)));
    std::ifstream stream(file, std::ios::binary);
    std::string text(size, '\0');
    if (!stream.read(text.data(), static_cast<std::streamsize>(size)))
        fail(where, fmt::format("{}: cannot be read", shown(file)));
    // A stray zero byte among text counts as a blank; files of other kinds, UTF-16 among them, are full of them.
    const auto zeros = static_cast<std::size_t>(std::ranges::count(text, '\0'));
    if (zeros * 1000 > text.size()) fail(where, fmt::format("{}: is not a text file", shown(file)));
    std::ranges::replace(text, '\0', ' ');
    if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
    return text;
}

std::string SourceFiles::shown(const fs::path& file) const {
    return file.lexically_relative(master_.parent_path()).generic_string();
}

}  // namespace headroom::opendss
