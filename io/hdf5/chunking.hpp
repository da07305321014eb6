#pragma once

#include "io/hdf5/element_type.hpp"
#include "io/hdf5/slab.hpp"

namespace headroom {

/// Which way a dataset is read: by rows (columns of a table), by ranges of its second axis over all of the first
/// (series of a case: every step of a few feeders), or both ways in tiles of an eighth of the first (series of a
/// result: the day of one customer, one step of all).
enum class Chunking : std::uint8_t { rows, ranges, tiles };

/// Lengths of the pieces a dataset is stored in: at most half a MiB each, so that HDF5's cache holds one, and never
/// zero.
Shape chunk_shape(const Shape& shape, ElementType type, Chunking chunking);

/// Cuts a slab along the axis that its chunks follow into parts of a few MiB of whole chunks, for reading it back in
/// bounded memory.
std::vector<Slab> panels(const Slab& slab, const Shape& chunk, ElementType type, Chunking chunking);

}  // namespace headroom
