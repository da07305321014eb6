#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

namespace headroom {

/// XXH64 with seed 0 over a stream of bytes: notices damage, is no proof against forgery. The value depends on the
/// bytes alone, not on how they were cut into updates. @see https://github.com/Cyan4973/xxHash, doc/xxhash_spec.md
class Digest {
public:
    void update(const void* data, std::size_t size);
    std::uint64_t value() const;

private:
    void stripe(const unsigned char* bytes);

    static constexpr std::size_t stripe_size = 32;
    std::array<std::uint64_t, 4> lane_{0x60ea27eeadc0b5d6U, 0xc2b2ae3d27d4eb4fU, 0U, 0x61c8864e7a143579U};
    std::array<unsigned char, stripe_size> pending_{};
    std::size_t pending_size_ = 0;
    std::uint64_t total_ = 0;
};

/// 16 lower-case hexadecimal digits, as xxh64sum prints them.
std::string digest_text(std::uint64_t value);

/// Digest of a whole file. Throws InputError when it cannot be read.
std::string file_digest(const std::filesystem::path& path);

}  // namespace headroom
