#include "io/partial_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <random>
#include <system_error>
#include <utility>

#include "io/errors.hpp"
#include "io/folder.hpp"

namespace headroom {
namespace {

std::filesystem::path directory_of(const std::filesystem::path& file) {
    return file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
}

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& reason) {
    throw OutputError(fmt::format("cannot write '{}': {}", path.string(), reason));
}

void check_free_space(const std::filesystem::path& target, std::uint64_t planned_bytes) {
    const std::filesystem::path directory = directory_of(target);
    const std::optional<std::uint64_t> room = free_bytes(directory);
    if (!room) fail(target, fmt::format("directory '{}': {}", directory.string(), std::strerror(errno)));
    if (*room < planned_bytes)
        fail(target,
             fmt::format("needs up to {} bytes, {} are free in '{}'", planned_bytes, *room, directory.string()));
}

/// fsync of a file or directory; what is not on the disk is not written.
void sync(const std::filesystem::path& path, const std::filesystem::path& target) {
    const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) fail(target, fmt::format("reopening for sync: {}", std::strerror(errno)));
    const int status = fsync(descriptor);
    const int reason = errno;
    close(descriptor);
    // Some file systems cannot sync a directory; that is no lost data.
    if (status != 0 && reason != EINVAL) fail(target, fmt::format("sync: {}", std::strerror(reason)));
}

}  // namespace

PartialFile::PartialFile(std::filesystem::path target, std::uint64_t planned_bytes) : target_(std::move(target)) {
    std::error_code absent;
    if (std::filesystem::exists(target_, absent) && !std::filesystem::is_regular_file(target_, absent))
        fail(target_, "there is something else of that name, which a file must not replace");
    check_free_space(target_, planned_bytes);
    partial_ = target_;
    partial_ += fmt::format(".partial-{}-{:08x}", getpid(), std::random_device{}());
}

PartialFile::~PartialFile() {
    if (published_) return;
    std::error_code ignored;
    std::filesystem::remove(partial_, ignored);
}

void PartialFile::publish() {
    sync(partial_, target_);
    std::error_code failure;
    std::filesystem::rename(partial_, target_, failure);
    if (failure) fail(target_, fmt::format("rename: {}", failure.message()));
    published_ = true;
    sync(directory_of(target_), target_);
}

}  // namespace headroom
