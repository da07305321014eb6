#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace headroom {

/// Which coordinates of a point stand at an end of their box, and at which: all that two points have in common, counted
/// in a few words of bits. A power flow asks every known point.
class PointEnds {
public:
    /// @param share  [#coordinate] 0 at the lower, 1 at the upper end
    void assign(std::span<const double> share) {
        constexpr std::size_t word = 64;
        const std::size_t words = (share.size() + word - 1) / word;
        bits_.assign(2 * words, 0);
        for (std::size_t k = 0; k < share.size(); ++k) {
            const std::uint64_t bit = std::uint64_t{1} << (k % word);
            if (share[k] == 0) bits_[k / word] |= bit;
            if (share[k] == 1) bits_[words + k / word] |= bit;
        }
    }

    /// Coordinates that stand at the same end in both.    @pre of as many coordinates
    int common(const PointEnds& other) const {
        int count = 0;
        for (std::size_t k = 0; k < bits_.size(); ++k) count += std::popcount(bits_[k] & other.bits_[k]);
        return count;
    }

private:
    std::vector<std::uint64_t> bits_;  ///< lower ends, then upper ends
};

}  // namespace headroom
