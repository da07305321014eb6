#pragma once

#include <cstdint>

#include "io/hdf5/element_type.hpp"
#include "io/hdf5/slab.hpp"

namespace headroom {

/// Digest of the part `panel` of the block `slab`, whose values lie at `values` in row-major order: the same as the
/// digest of that part read alone into contiguous memory. The panel may cut the first or the second axis.
std::uint64_t block_digest(const Slab& slab, const Slab& panel, ElementType type, const void* values);

}  // namespace headroom
