#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace headroom {

/// Makes a folder, and those above it, where it is not there.    @throws OutputError
void make_folder(const std::filesystem::path& folder);

/// Bytes that may still be written in a folder; nothing where the system does not tell, and why is in errno.
std::optional<std::uint64_t> free_bytes(const std::filesystem::path& folder);

}  // namespace headroom
