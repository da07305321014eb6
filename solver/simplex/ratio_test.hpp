#pragma once

#include <span>
#include <vector>

namespace headroom {

/// The bound-flipping ratio test. Along a dual step t >= 0 the objective rises with a slope that begins as the
/// infeasibility of what leaves; at its ratio, each nonbasic changes the sign of its reduced cost. Flipped to its other
/// bound it stays feasible and takes range * size from the slope. The step ends where the slope is used up.
class RatioTest {
public:
    struct Breakpoint {
        double ratio;  ///< reduced cost over size, >= 0
        double size;   ///< |entry of the pivot row|, > 0
        double range;  ///< between its bounds, > 0, infinity: cannot be flipped
        int index;
    };

    void reserve(std::size_t count);
    void clear() { waiting_.clear(); }
    void add(const Breakpoint& breakpoint) { waiting_.push_back(breakpoint); }

    /// Index of the nonbasic that enters, -1: the slope outlasts all flips, nothing fits. Of the breakpoints where the
    /// step may end the one of largest size; where all sizes there are dangerously small, an earlier one.
    /// @param enough  a slope up to this counts as used up: the tolerance of what leaves
    int choose(double slope, double enough);
    double step() const { return step_; }                  ///< ratio of what enters
    std::span<const int> flips() const { return flips_; }  ///< indices passed before it, in order of ratio

private:
    void pass_until_used_up(double slope, double enough);
    void pass_ties();
    std::size_t chosen_place() const;

    std::vector<Breakpoint> waiting_, passed_;
    std::size_t before_end_ = 0;  ///< how many were passed with slope left
    double step_ = 0;
    std::vector<int> flips_;
};

}  // namespace headroom
