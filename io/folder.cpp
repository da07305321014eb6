#include "io/folder.hpp"

#include <fmt/format.h>
#include <sys/statvfs.h>

#include <system_error>

#include "io/errors.hpp"

namespace headroom {

void make_folder(const std::filesystem::path& folder) {
    std::error_code fault;
    std::filesystem::create_directories(folder, fault);
    if (!std::filesystem::is_directory(folder))
        throw OutputError(fmt::format("cannot make folder '{}': {}", folder.string(), fault.message()));
}

std::optional<std::uint64_t> free_bytes(const std::filesystem::path& folder) {
    struct statvfs info {};
    if (statvfs(folder.c_str(), &info) != 0) return {};
    return static_cast<std::uint64_t>(info.f_bavail) * info.f_frsize;
}

}  // namespace headroom
