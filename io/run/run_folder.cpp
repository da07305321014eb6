#include "io/run/run_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "io/errors.hpp"

namespace headroom {

std::string RunFolder::part_name(std::size_t shard) { return fmt::format("part-{:05}.h5", shard); }

std::filesystem::path RunFolder::own(int writer, const char* kind, const char* suffix) const {
    return path_ / fmt::format("{}-{:04}.{}", kind, writer, suffix);
}

std::vector<std::filesystem::path> RunFolder::files(const std::string& prefix) const {
    std::vector<std::filesystem::path> found;
    std::error_code fault;
    for (const auto& entry : std::filesystem::directory_iterator(path_, fault))
        if (entry.path().filename().string().starts_with(prefix)) found.push_back(entry.path());
    std::ranges::sort(found);
    return found;
}

bool names_a_folder(const std::string& path) { return path.ends_with('/') || std::filesystem::is_directory(path); }

RunLock::RunLock(const RunFolder& folder, bool shared) {
    const std::string path = folder.lock().string();
    descriptor_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor_ < 0) throw OutputError(fmt::format("cannot write '{}': {}", path, std::strerror(errno)));
    if (flock(descriptor_, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0) return;
    const int reason = errno;
    if (reason != EWOULDBLOCK) return;  // a file system without locks: then the user has to take care
    close(descriptor_);
    throw OutputError(
        fmt::format("'{}': another run is at work in this folder; wait for it, or stop it", folder.path().string()));
}

RunLock::~RunLock() { close(descriptor_); }

}  // namespace headroom
