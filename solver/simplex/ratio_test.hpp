#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace headroom {

/// The bound-flipping ratio test. Along a dual step t >= 0 the objective rises with a slope that begins as the
/// infeasibility of what leaves; at its ratio, each nonbasic changes the sign of its reduced cost. Flipped to its other
/// bound it stays feasible and takes range * size from the slope. The step ends where the slope is used up: a weighted
/// quantile of the ratios, found without sorting them.
class RatioTest {
public:
    struct Breakpoint {
        double ratio;  ///< reduced cost over size, >= 0
        double size;   ///< |entry of the pivot row|, > 0
        double worth;  ///< size times the range between its bounds, > 0; infinity: cannot be flipped
        int index;
    };

    void make_room(std::size_t count);  ///< for so many breakpoints
    void clear() { count_ = 0; }
    void add(const Breakpoint& breakpoint) { points_[count_++] = breakpoint; }

    /// Index of the nonbasic that enters, -1: the slope outlasts all flips, nothing fits. Of the breakpoints where the
    /// step may end the one of largest size; where all sizes there are dangerously small, an earlier one.
    /// @param enough  a slope up to this counts as used up: the tolerance of what leaves
    int choose(double slope, double enough);
    double step() const { return step_; }                  ///< ratio of what enters
    std::span<const int> flips() const { return flips_; }  ///< indices of what is flipped by it

private:
    std::size_t part(std::size_t begin, std::size_t end, double& worth);
    template <class Small> std::size_t move_small(std::size_t begin, std::size_t end, double& worth, Small small);
    std::size_t end_of_slope(double slope, double enough);
    std::size_t chosen_place(std::size_t last) const;
    const Breakpoint& point(std::size_t place) const { return points_[order_[place]]; }

    std::vector<Breakpoint> points_;  ///< the first count_ of them
    std::size_t count_ = 0;
    std::vector<int> order_;  ///< [count_] of points_; [0, end of slope) end up as those that are passed
    std::vector<int> large_;
    double step_ = 0;
    std::vector<int> flips_;
};

}  // namespace headroom
