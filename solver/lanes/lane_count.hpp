#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace headroom {

/// Problems solved side by side. Eight doubles are one AVX-512 register, two AVX2 ones, four of baseline x86-64; the
/// count is the same everywhere so that files and tests are.
inline constexpr int lane_count = 8;

/// Allocates on 64-byte boundaries, so that a row of lanes is one cache line.
template <class T> struct LaneAllocator {
    using value_type = T;
    static constexpr std::align_val_t alignment{64};

    LaneAllocator() = default;
    template <class U> LaneAllocator(const LaneAllocator<U>&) {}

    T* allocate(std::size_t count) { return static_cast<T*>(::operator new(count * sizeof(T), alignment)); }
    void deallocate(T* pointer, std::size_t) { ::operator delete(pointer, alignment); }
    template <class U> bool operator==(const LaneAllocator<U>&) const { return true; }
};

/// [slot x lane], lanes innermost: value of slot s in lane l at s * lane_count + l.
using LaneArray = std::vector<double, LaneAllocator<double>>;
using LaneIndexArray = std::vector<int, LaneAllocator<int>>;

}  // namespace headroom
