#include "io/hdf5/block_digest.hpp"

#include "io/digest.hpp"

namespace headroom {

std::uint64_t block_digest(const Slab& slab, const Slab& panel, ElementType type, const void* values) {
    const std::size_t rank = slab.count.size();
    std::uint64_t inner = element_size(type);
    for (std::size_t k = 2; k < rank; ++k) inner *= slab.count[k];
    const std::uint64_t row = rank > 1 ? slab.count[1] * inner : inner;
    const std::uint64_t part = rank > 1 ? panel.count[1] * inner : inner;
    const std::uint64_t skip = rank > 1 ? (panel.offset[1] - slab.offset[1]) * inner : 0;

    const auto* bytes = static_cast<const unsigned char*>(values) + (panel.offset[0] - slab.offset[0]) * row + skip;
    Digest digest;
    for (std::uint64_t i = 0; i < panel.count[0]; ++i) digest.update(bytes + i * row, part);
    return digest.value();
}

}  // namespace headroom
