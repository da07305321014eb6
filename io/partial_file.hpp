#pragma once

#include <cstdint>
#include <filesystem>

namespace headroom {

/// A file under another name until it is complete: "NAME.partial-<process>-<random>" in the target's directory.
///
/// A file that bears its final name is complete by definition. The writer fills path(), closes and verifies it, then
/// publish() syncs it, renames it and syncs the directory. Whatever happens before that, the destructor removes it.
class PartialFile {
public:
    /// Throws OutputError when the directory has no room for planned_bytes or does not exist.
    PartialFile(std::filesystem::path target, std::uint64_t planned_bytes);
    PartialFile(const PartialFile&) = delete;
    PartialFile& operator=(const PartialFile&) = delete;
    ~PartialFile();

    const std::filesystem::path& path() const { return partial_; }
    const std::filesystem::path& target() const { return target_; }

    /// Throws OutputError when the disk refuses; then neither the partial file nor a new target is left.
    void publish();

private:
    std::filesystem::path target_, partial_;
    bool published_ = false;
};

}  // namespace headroom
