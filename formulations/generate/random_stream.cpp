#include "formulations/generate/random_stream.hpp"

namespace headroom {
namespace {

constexpr std::size_t blocks = 8;  // 128 words at a time: about what a tree or a profile takes

}  // namespace

RandomStream::RandomStream(std::uint64_t seed, std::uint32_t feeder, Purpose purpose, std::uint32_t part)
    : seed_(seed),
      counter_{0, 0, static_cast<std::uint32_t>(purpose) + part, feeder},
      words_(blocks * 2 * lane_count),
      next_(words_.size()) {}

double RandomStream::uniform() {
    if (next_ == words_.size()) {
        philox_words(seed_, counter_, words_);
        counter_[0] += blocks;
        next_ = 0;
    }
    return static_cast<double>(words_[next_++] >> 11) * 0x1p-53;
}

}  // namespace headroom
