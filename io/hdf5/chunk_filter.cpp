#include "io/hdf5/chunk_filter.hpp"

#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <new>

namespace headroom {
namespace {

// Of envelopes and forecasts smaller than the first level of zlib, of voltages 6 % larger, in 0.4 of the time.
constexpr int level = 1;

/// The first bytes of all elements, then the second ones, and so on.
void shuffle(std::span<const unsigned char> chunk, std::size_t element_size, unsigned char* out) {
    const std::size_t count = chunk.size() / element_size;
    for (std::size_t byte = 0; byte < element_size; ++byte)
        for (std::size_t k = 0; k < count; ++k) *out++ = chunk[k * element_size + byte];
}

/// Two sums modulo 65535 of 16-bit words, the high byte first; the bytes of the result from the lowest on.
std::array<unsigned char, 4> fletcher32(std::span<const unsigned char> bytes) {
    constexpr std::size_t before_overflow = 360;  // words
    std::uint32_t sum = 0, sum_of_sums = 0;
    const auto fold = [](std::uint32_t value) { return (value & 0xffff) + (value >> 16); };
    const std::size_t words = bytes.size() / 2;
    for (std::size_t begin = 0; begin < words; begin += before_overflow) {
        for (std::size_t k = begin; k < std::min(begin + before_overflow, words); ++k)
            sum_of_sums += sum += static_cast<std::uint32_t>(bytes[2 * k] << 8 | bytes[2 * k + 1]);
        sum = fold(sum);
        sum_of_sums = fold(sum_of_sums);
    }
    if (bytes.size() % 2 != 0) {
        sum_of_sums += sum += static_cast<std::uint32_t>(bytes.back() << 8);
        sum = fold(sum);
        sum_of_sums = fold(sum_of_sums);
    }
    const std::uint32_t value = fold(sum_of_sums) << 16 | fold(sum);
    std::array<unsigned char, 4> result{};
    for (std::size_t k = 0; k < result.size(); ++k) result[k] = static_cast<unsigned char>(value >> (8 * k));
    return result;
}

}  // namespace

void ChunkFilter::Free::operator()(libdeflate_compressor* compressor) const { libdeflate_free_compressor(compressor); }

ChunkFilter::ChunkFilter() : compressor_(libdeflate_alloc_compressor(level)) {
    if (!compressor_) throw std::bad_alloc();
}

void ChunkFilter::encode(std::span<const unsigned char> chunk, std::size_t element_size,
                         std::vector<unsigned char>& out) {
    shuffled_.resize(chunk.size());
    shuffle(chunk, element_size, shuffled_.data());
    out.resize(libdeflate_zlib_compress_bound(compressor_.get(), chunk.size()));
    out.resize(libdeflate_zlib_compress(compressor_.get(), shuffled_.data(), shuffled_.size(), out.data(), out.size()));
    const std::array<unsigned char, 4> checksum = fletcher32(out);
    out.insert(out.end(), checksum.begin(), checksum.end());
}

}  // namespace headroom
