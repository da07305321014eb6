#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace headroom {

/// How a phasor z moves with the coordinates of a box, to first order, from a point where it is `size` and real.
struct PhasorMoves {
    double size;                 ///< |z| at the point, > 0
    std::vector<double> along;   ///< [#coordinate] Re dz when the coordinate goes through its whole width
    std::vector<double> across;  ///< [#coordinate] Im dz likewise
};

/// The corners of a box at which such a phasor is largest.
///
/// Over a box z fills a polygon with opposite sides parallel (a zonotope of the plane). |z| is largest at one of its at
/// most 2 n corners, each the farthest in some direction: there a coordinate stands at its upper end iff its dz points
/// forward. So turning the direction once around meets them all, though the box has 2^n corners.
///
/// @param share  [#coordinate] of the point, 0 at the lower and 1 at the upper end; coordinates that do not move z stay
/// @param least  only corners where |z| is larger than at the point by more
/// @param most   how many at most; of corners side by side only the largest counts
/// @return       in shares, the largest |z| first
std::vector<std::vector<double>> largest_corners(const PhasorMoves& moves, std::span<const double> share, double least,
                                                 std::size_t most);

}  // namespace headroom
