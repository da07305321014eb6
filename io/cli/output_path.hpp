#pragma once

#include <filesystem>
#include <string>

namespace headroom::cli {

/// Throws UsageError where the output would replace the input, under whatever name, or a file of the run whose folder
/// the input is.
void require_other_file(const std::string& input, const std::string& output);

/// Whether there is a file that begins as HDF5 files do.
bool is_hdf5(const std::string& path);

/// Whether two paths lead to the same file, there or yet to be written.
bool same_place(const std::filesystem::path& a, const std::filesystem::path& b);

/// Throws OutputError where the folder of the output is missing or closed: better before the work than after it.
void require_open_folder(const std::string& output);

}  // namespace headroom::cli
