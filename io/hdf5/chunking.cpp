#include "io/hdf5/chunking.hpp"

#include <algorithm>

namespace headroom {
namespace {

constexpr std::uint64_t chunk_bytes = std::uint64_t{1} << 19, panel_bytes = std::uint64_t{1} << 23;

std::uint64_t at_most(std::uint64_t length, std::uint64_t room) {
    return std::max<std::uint64_t>(1, std::min(length, room));
}

/// Bytes of everything inside one index of the axes up to and including `axis`.
std::uint64_t inner_bytes(const Shape& shape, std::size_t axis, ElementType type) {
    std::uint64_t bytes = element_size(type);
    for (std::size_t k = axis + 1; k < shape.size(); ++k) bytes *= std::max<std::uint64_t>(1, shape[k]);
    return bytes;
}

std::size_t cut_axis(const Shape& shape, Chunking chunking) {
    return chunking != Chunking::rows && shape.size() > 1 ? 1 : 0;
}

/// Steps of a chunk of series that is cut along its second axis.
std::uint64_t outer_length(const Shape& shape, ElementType type, Chunking chunking) {
    constexpr std::uint64_t tiles = 8;
    const std::uint64_t steps = std::max<std::uint64_t>(1, shape[0]);
    if (chunking == Chunking::ranges || element_count(shape) * element_size(type) <= chunk_bytes) return steps;
    return (steps + tiles - 1) / tiles;
}

}  // namespace

Shape chunk_shape(const Shape& shape, ElementType type, Chunking chunking) {
    Shape chunk = shape;
    for (std::uint64_t& length : chunk) length = std::max<std::uint64_t>(1, length);
    const std::size_t axis = cut_axis(shape, chunking);
    if (axis == 1)
        chunk[0] = at_most(outer_length(shape, type, chunking),
                           std::max<std::uint64_t>(1, chunk_bytes / inner_bytes(shape, 1, type)));
    const std::uint64_t outer = axis == 1 ? chunk[0] : 1;
    chunk[axis] = at_most(shape[axis], chunk_bytes / (outer * inner_bytes(shape, axis, type)));
    return chunk;
}

std::vector<Slab> panels(const Slab& slab, const Shape& chunk, ElementType type, Chunking chunking) {
    if (element_count(slab.count) == 0) return {};
    const std::size_t axis = cut_axis(slab.count, chunking);
    const std::uint64_t index_bytes = element_count(slab.count) / slab.count[axis] * element_size(type);
    const std::uint64_t step = at_most(panel_bytes / index_bytes / chunk[axis], slab.count[axis]) * chunk[axis];
    std::vector<Slab> parts;
    for (std::uint64_t begin = 0; begin < slab.count[axis]; begin += step) {
        parts.push_back(slab);
        parts.back().offset[axis] += begin;
        parts.back().count[axis] = std::min(step, slab.count[axis] - begin);
    }
    return parts;
}

}  // namespace headroom
