#include "solver/memory/lane_arena.hpp"

namespace headroom {

std::span<double> LaneArena::add(std::size_t count) {
    if (count == 0) return {};
    if (count > block_size) return large_.emplace_back(count);
    constexpr std::size_t line = lane_count;  // numbers of 64 bytes
    const std::size_t taken = (count + line - 1) / line * line;
    if (used_ + taken > block_size) {
        if (used_blocks_ == blocks_.size()) blocks_.emplace_back();
        ++used_blocks_;
        used_ = 0;
    }
    auto* first = reinterpret_cast<double*>(blocks_[used_blocks_ - 1].data()) + used_;
    used_ += taken;
    return {first, count};
}

void LaneArena::clear() {
    used_blocks_ = 0;
    used_ = block_size;
    large_.clear();
}

}  // namespace headroom
