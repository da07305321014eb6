#include "io/hdf5/chunk_parts.hpp"

#include <algorithm>
#include <cstring>

namespace headroom {
namespace {

/// The next index of a box, the last axis fastest; false after the last one.
bool advance(Shape& index, const Shape& first, const Shape& last) {
    for (std::size_t k = index.size(); k-- > 0;) {
        if (++index[k] <= last[k]) return true;
        index[k] = first[k];
    }
    return false;
}

std::uint64_t place_of(const Shape& index, const Shape& shape) {
    std::uint64_t place = 0;
    for (std::size_t k = 0; k < shape.size(); ++k) place = place * shape[k] + index[k];
    return place;
}

}  // namespace

std::vector<ChunkPart> chunk_parts(const Slab& slab, const Shape& shape, const Shape& chunk) {
    if (element_count(slab.count) == 0) return {};
    const std::size_t axes = shape.size();
    Shape first(axes), last(axes);
    for (std::size_t k = 0; k < axes; ++k) {
        first[k] = slab.offset[k] / chunk[k];
        last[k] = (slab.offset[k] + slab.count[k] - 1) / chunk[k];
    }
    std::vector<ChunkPart> parts;
    Shape index = first;
    do {
        ChunkPart& found = parts.emplace_back();
        for (std::size_t k = 0; k < axes; ++k) {
            const std::uint64_t begin = index[k] * chunk[k], end = std::min(begin + chunk[k], shape[k]);
            const std::uint64_t from = std::max(begin, slab.offset[k]);
            found.chunk.offset.push_back(begin);
            found.chunk.count.push_back(end - begin);
            found.part.offset.push_back(from);
            found.part.count.push_back(std::min(end, slab.offset[k] + slab.count[k]) - from);
        }
    } while (advance(index, first, last));
    return parts;
}

void gather_chunk(const Slab& slab, const Slab& part, const Shape& chunk, std::uint64_t element_size,
                  const unsigned char* values, unsigned char* out) {
    std::memset(out, 0, element_count(chunk) * element_size);
    const std::size_t axes = chunk.size();
    const std::uint64_t row_bytes = part.count.back() * element_size;
    Shape first(axes), last(axes), from(axes);
    for (std::size_t k = 0; k + 1 < axes; ++k) last[k] = part.count[k] - 1;
    Shape index = first;
    do {
        for (std::size_t k = 0; k < axes; ++k) from[k] = part.offset[k] - slab.offset[k] + index[k];
        std::memcpy(out + place_of(index, chunk) * element_size, values + place_of(from, slab.count) * element_size,
                    row_bytes);
    } while (advance(index, first, last));
}

}  // namespace headroom
