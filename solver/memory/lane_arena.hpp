#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "solver/lanes/lane_count.hpp"
#include "solver/memory/huge_block.hpp"

namespace headroom {

/// Arrays of doubles that all live until clear(), on 64-byte boundaries, one behind the other in huge blocks. They stay
/// where they are while others are added; their numbers are not set.
class LaneArena {
public:
    /// @throws std::bad_alloc
    std::span<double> add(std::size_t count);
    /// Keeps its blocks for what comes.
    void clear();

private:
    static constexpr std::size_t block_size = HugeBlock::size / sizeof(double);

    std::vector<HugeBlock> blocks_;
    std::size_t used_blocks_ = 0, used_ = block_size;  ///< numbers of the last block in use
    std::vector<LaneArray> large_;                     ///< arrays that no block holds
};

}  // namespace headroom
