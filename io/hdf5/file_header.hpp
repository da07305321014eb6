#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace headroom {

/// Why the first bytes of a file are not those of a completely written HDF5 1.10 file; nothing when they are. Looks at
/// twelve bytes without the library: older layouts have no checksums over their own structure and crash readers.
std::optional<std::string> header_fault(const std::filesystem::path& path);

}  // namespace headroom
