#include "io/digest.hpp"

#include <fmt/format.h>

#include <bit>
#include <cstring>
#include <fstream>
#include <vector>

#include "io/errors.hpp"

namespace headroom {
namespace {

constexpr std::uint64_t prime_1 = 0x9e3779b185ebca87U, prime_2 = 0xc2b2ae3d27d4eb4fU, prime_3 = 0x165667b19e3779f9U,
                        prime_4 = 0x85ebca77c2b2ae63U, prime_5 = 0x27d4eb2f165667c5U;

std::uint64_t load_64(const unsigned char* bytes) {
    std::uint64_t value;
    std::memcpy(&value, bytes, sizeof value);
    return value;
}

std::uint64_t load_32(const unsigned char* bytes) {
    std::uint32_t value;
    std::memcpy(&value, bytes, sizeof value);
    return value;
}

std::uint64_t round(std::uint64_t lane, std::uint64_t input) { return std::rotl(lane + input * prime_2, 31) * prime_1; }

std::uint64_t avalanche(std::uint64_t hash) {
    hash = (hash ^ (hash >> 33)) * prime_2;
    hash = (hash ^ (hash >> 29)) * prime_3;
    return hash ^ (hash >> 32);
}

}  // namespace

void Digest::stripe(const unsigned char* bytes) {
    for (std::size_t i = 0; i < lane_.size(); ++i) lane_[i] = round(lane_[i], load_64(bytes + 8 * i));
}

void Digest::update(const void* data, std::size_t size) {
    if (size == 0) return;  // data may be null
    const auto* bytes = static_cast<const unsigned char*>(data);
    total_ += size;
    if (pending_size_ > 0) {
        const std::size_t taken = std::min(size, stripe_size - pending_size_);
        std::memcpy(pending_.data() + pending_size_, bytes, taken);
        pending_size_ += taken;
        bytes += taken;
        size -= taken;
        if (pending_size_ < stripe_size) return;
        stripe(pending_.data());
        pending_size_ = 0;
    }
    for (; size >= stripe_size; bytes += stripe_size, size -= stripe_size) stripe(bytes);
    if (size > 0) std::memcpy(pending_.data(), bytes, size);
    pending_size_ = size;
}

std::uint64_t Digest::value() const {
    std::uint64_t hash = prime_5;
    if (total_ >= stripe_size) {
        hash = std::rotl(lane_[0], 1) + std::rotl(lane_[1], 7) + std::rotl(lane_[2], 12) + std::rotl(lane_[3], 18);
        for (const std::uint64_t lane : lane_) hash = (hash ^ round(0, lane)) * prime_1 + prime_4;
    }
    hash += total_;
    const unsigned char* bytes = pending_.data();
    std::size_t left = pending_size_;
    for (; left >= 8; bytes += 8, left -= 8) hash = std::rotl(hash ^ round(0, load_64(bytes)), 27) * prime_1 + prime_4;
    if (left >= 4) {
        hash = std::rotl(hash ^ (load_32(bytes) * prime_1), 23) * prime_2 + prime_3;
        bytes += 4;
        left -= 4;
    }
    for (; left > 0; ++bytes, --left) hash = std::rotl(hash ^ (*bytes * prime_5), 11) * prime_1;
    return avalanche(hash);
}

std::string digest_text(std::uint64_t value) { return fmt::format("{:016x}", value); }

std::string file_digest(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw InputError(fmt::format("cannot open '{}'", path.string()));
    Digest digest;
    std::vector<char> buffer(std::size_t{1} << 20);
    while (file) {
        file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
        digest.update(buffer.data(), static_cast<std::size_t>(file.gcount()));
    }
    if (file.bad()) throw InputError(fmt::format("cannot read '{}'", path.string()));
    return digest_text(digest.value());
}

}  // namespace headroom
