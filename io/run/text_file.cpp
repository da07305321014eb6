#include "io/run/text_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "io/errors.hpp"
#include "io/partial_file.hpp"

namespace headroom {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path) {
    throw OutputError(fmt::format("cannot write '{}': {}", path.string(), std::strerror(errno)));
}

/// A file that is open for writing; what is not synced is not written.
class OpenFile {
public:
    OpenFile(const std::filesystem::path& path, int flags) : path_(path) {
        descriptor_ = open(path.c_str(), flags | O_CREAT | O_CLOEXEC, 0666);
        if (descriptor_ < 0) fail(path);
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    ~OpenFile() { close(descriptor_); }

    void write(std::string_view text) const {
        while (!text.empty()) {
            const ssize_t written = ::write(descriptor_, text.data(), text.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) fail(path_);
            text.remove_prefix(static_cast<std::size_t>(written));
        }
    }
    void sync() const {
        if (fsync(descriptor_) != 0) fail(path_);
    }
    bool ends_a_line() const {
        const off_t size = lseek(descriptor_, 0, SEEK_END);
        char last = '\n';
        if (size > 0 && pread(descriptor_, &last, 1, size - 1) != 1) fail(path_);
        return last == '\n';
    }

private:
    std::filesystem::path path_;
    int descriptor_;
};

}  // namespace

void write_text_file(const std::filesystem::path& path, std::string_view text) {
    PartialFile partial(path, text.size());
    OpenFile(partial.path(), O_WRONLY | O_EXCL).write(text);
    partial.publish();
}

void append_line(const std::filesystem::path& path, std::string_view line) {
    const OpenFile file(path, O_RDWR | O_APPEND);
    // One write: then lines of processes that share a file do not mix.
    file.write(fmt::format("{}{}\n", file.ends_a_line() ? "" : "\n", line));
    file.sync();
}

std::string read_text_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw InputError(fmt::format("cannot open '{}'", path.string()));
    std::string text{std::istreambuf_iterator<char>(file), {}};
    if (file.bad()) throw InputError(fmt::format("cannot read '{}'", path.string()));
    return text;
}

}  // namespace headroom
