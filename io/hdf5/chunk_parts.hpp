#pragma once

#include <vector>

#include "io/hdf5/slab.hpp"

namespace headroom {

/// What a slab of a dataset has of one of its chunks.
struct ChunkPart {
    Slab chunk;  ///< as far as the dataset goes
    Slab part;   ///< of the slab, in the dataset
    bool is_whole() const { return part.count == chunk.count; }
};

/// Cuts a slab at the borders of chunks, in the order of the file.
/// @param shape, chunk  of the dataset
std::vector<ChunkPart> chunk_parts(const Slab& slab, const Shape& shape, const Shape& chunk);

/// The values of a whole chunk as the file has them: the part inside the dataset, then zeros.
/// @param values  of the slab, [slab.count]
/// @param out     [chunk] elements
void gather_chunk(const Slab& slab, const Slab& part, const Shape& chunk, std::uint64_t element_size,
                  const unsigned char* values, unsigned char* out);

}  // namespace headroom
