#pragma once

#include <span>
#include <vector>

namespace headroom {

/// The point of smallest  1/2 sum_c quadratic_c w_c^2 + loss(w)  in a polytope whose vertices come one by one, by
/// Wolfe's method. The loss is linear and known at the vertices. w is the best in the hull of some of them, the corral,
/// none of which it does without; a vertex with a gain joins, and those that the new w needs no more leave.
///
/// P. Wolfe, "Finding the nearest point in a polytope", Mathematical Programming 11, 1976.
class SmallestSquares {
public:
    /// @param quadratic  [#limit] > 0; must outlive this
    /// @param vertex     without loss
    SmallestSquares(std::span<const double> quadratic, std::span<const double> vertex);

    std::span<const double> point() const { return w_; }  ///< [#limit] w
    double squares() const;                               ///< of w
    double loss() const;                                  ///< of w
    /// What the tangent at w promises on the way to v: w is the answer when no vertex promises anything.
    double gain(std::span<const double> v, double loss_of_v) const;
    /// @return false where rounding lets w become no better
    bool add(std::span<const double> v, double loss_of_v);

private:
    std::vector<double> affine_shares() const;
    bool shrink_corral();
    void find_point();

    std::span<const double> quadratic_;
    std::vector<std::vector<double>> corral_;
    std::vector<double> loss_;   ///< [#corral]
    std::vector<double> share_;  ///< [#corral] > 0, sum 1: w = sum share corral
    std::vector<double> w_;
};

}  // namespace headroom
