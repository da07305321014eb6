#pragma once

#include <span>
#include <vector>

namespace headroom {

/// A function over a box and its tangent at a point.
struct Tangent {
    double value;                ///< at the point
    std::span<const double> at;  ///< [#coordinate] the point, 0 at the lower and 1 at the upper end
    std::vector<double> slope;   ///< [#coordinate] change over the whole width of the box
};

struct HighestPoint {
    std::vector<double> share;  ///< [#coordinate]
    double height;
};

/// The highest point of a box that is under both of two tangents.
///
/// Where a function has a kink, its tangents on either side meet along a ridge that passes all over the box; a line
/// between two points crosses it once, and may cross it far below its top.
/// Maximising the smaller of two linear functions is a linear program of two rows. As the weight of the first goes from
/// 0 to 1, coordinates turn from where the second is highest to where the first is, in the order of how much
/// height they cost; where both heights meet, at most one coordinate is inside.
/// @pre as many coordinates in both
HighestPoint highest_under(const Tangent& first, const Tangent& second);

}  // namespace headroom
