#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "solver/lanes/lane_count.hpp"

namespace headroom {

using WordArray = std::vector<std::uint64_t, LaneAllocator<std::uint64_t>>;  ///< [slot x lane]

/// Random bits that are a function of a key and a counter and of nothing else (Philox 4x32, ten rounds): any number of
/// them can be had in any order, on any thread.
/// @param counter  of the first block in lane 0; word 0 counts up by block, word 1 by lane, both modulo 2^32
/// @param word     [#block x 2 x lane] filled as it is long: words 0 and 1, then 2 and 3 of a block, the
///                 first one in the low half
/// @see  Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011
void philox_words(std::uint64_t key, const std::array<std::uint32_t, 4>& counter, WordArray& word);

/// Where in an experiment a group of eight samples stands.
struct SamplePlace {
    std::uint64_t seed = 1;
    std::uint32_t stream = 0, step = 0;
    std::uint32_t first_sample = 0;  ///< of lane 0
};

/// Independent standard normal numbers of eight samples: number k of a sample depends on seed, stream, step, sample and
/// k alone. By Box and Muller's method from 52 and 52 random bits per pair, at most 8.6 in magnitude. The bits of AVX2
/// and AVX-512 are the same, baseline's agree to rounding.
class NormalLanes {
public:
    /// @param count  normal numbers per sample
    explicit NormalLanes(int count);

    /// Allocates nothing.
    void fill(const SamplePlace& place);
    const double* of(int number) const { return value_.data() + number * lane_count; }  ///< [lane]

private:
    int pair_count_;
    WordArray word_;   ///< [#pair x 2 x lane]
    LaneArray value_;  ///< [#pair x 2 x lane]
};

}  // namespace headroom
