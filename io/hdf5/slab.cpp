#include "io/hdf5/slab.hpp"

#include <stdexcept>

namespace headroom {

std::uint64_t element_count(const Shape& shape) {
    std::uint64_t product = 1;
    for (const std::uint64_t length : shape)
        if (length == 0) return 0;
    for (const std::uint64_t length : shape)
        if (__builtin_mul_overflow(product, length, &product)) throw std::overflow_error("dataset too large");
    return product;
}

}  // namespace headroom
