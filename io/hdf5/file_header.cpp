#include "io/hdf5/file_header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>

namespace headroom {

std::optional<std::string> header_fault(const std::filesystem::path& path) {
    constexpr std::array<unsigned char, 8> signature{0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path, ignored)) return "is no file";
    std::ifstream file(path, std::ios::binary);
    std::array<char, 12> head{};
    if (!file) return "cannot be opened";
    if (!file.read(head.data(), head.size())) return "is too short for an HDF5 file";
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(head[i]); };
    for (std::size_t i = 0; i < signature.size(); ++i)
        if (byte(i) != signature[i]) return "is not an HDF5 file";
    if (byte(8) != 3) return fmt::format("has an HDF5 layout of version {}, must be 3 (libver v110)", byte(8));
    if (byte(9) != 8 || byte(10) != 8) return "has file addresses of unusual size";
    if (byte(11) != 0) return "was not closed by its writer, or is being written";
    return std::nullopt;
}

}  // namespace headroom
