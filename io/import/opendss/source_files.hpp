#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "io/import/opendss/lexer.hpp"

namespace headroom::opendss {

/// The files a script may see: those below the parent directory of the master file. One level up is open because
/// published collections share line codes there; anything beyond is refused, also through symbolic links.
class SourceFiles {
public:
    explicit SourceFiles(const std::filesystem::path& master);

    const std::filesystem::path& master() const { return master_; }

    /// The file that `name` means, seen from directory `from` and then from the master's. Backslashes separate, case
    /// does not count where the disk differs from the script. Throws InputError: absent, or outside.
    std::filesystem::path find(std::string_view name, const std::filesystem::path& from, const Location& where) const;
    bool exists(std::string_view name, const std::filesystem::path& from, const Location& where) const;

    /// The whole text. Throws InputError if it is binary or larger than 256 MiB.
    std::string read(const std::filesystem::path& file, const Location& where) const;

    /// Path as messages show it: relative to the master's directory.
    std::string shown(const std::filesystem::path& file) const;

private:
    std::filesystem::path search(std::string_view name, const std::filesystem::path& from, const Location& where) const;

    std::filesystem::path master_, root_;
};

}  // namespace headroom::opendss
