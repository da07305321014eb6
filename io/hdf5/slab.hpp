#pragma once

#include <cstdint>
#include <vector>

namespace headroom {

/// Lengths of the axes of a dataset, outermost first.
using Shape = std::vector<std::uint64_t>;

/// A rectangular part of a dataset: along axis k the indices [offset[k], offset[k] + count[k]).
struct Slab {
    Shape offset, count;

    static Slab whole(const Shape& shape) { return {Shape(shape.size(), 0), shape}; }
};

/// Product of all lengths. Throws std::overflow_error instead of wrapping around.
std::uint64_t element_count(const Shape& shape);

}  // namespace headroom
