#include "solver/random/normal_lanes.hpp"

#include "solver/lanes/simd_level.hpp"
#include "solver/random/normal_kernel.hpp"

namespace headroom {

void philox_words(std::uint64_t key, const std::array<std::uint32_t, 4>& counter, WordArray& word) {
    const PhiloxView view{{static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)},
                          {counter[0], counter[1], counter[2], counter[3]},
                          static_cast<int>(word.size() / (2 * lane_count)),
                          word.data()};
    run_kernel(view, baseline::philox_kernel, avx2::philox_kernel, avx512::philox_kernel);
}

NormalLanes::NormalLanes(int count)
    : pair_count_((count + 1) / 2),
      word_(static_cast<std::size_t>(pair_count_) * 2 * lane_count),
      value_(word_.size()) {}

void NormalLanes::fill(const SamplePlace& place) {
    philox_words(place.seed, {0, place.first_sample, place.step, place.stream}, word_);
    const NormalView view{pair_count_, word_.data(), value_.data()};
    run_kernel(view, baseline::normal_kernel, avx2::normal_kernel, avx512::normal_kernel);
}

}  // namespace headroom
