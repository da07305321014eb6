#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace headroom {

/// Writes a small file under its name, complete and synced or not at all.    @throws OutputError
void write_text_file(const std::filesystem::path& path, std::string_view text);

/// Adds a line to a file and syncs it; a line that a kill tore is ended first.    @throws OutputError
void append_line(const std::filesystem::path& path, std::string_view line);

/// @throws InputError
std::string read_text_file(const std::filesystem::path& path);

}  // namespace headroom
