#pragma once

#include <vector>

#include "solver/convex/convex_plan.hpp"
#include "solver/convex/convex_settings.hpp"
#include "solver/convex/iterate_kernel.hpp"
#include "solver/kkt/kkt_kernel.hpp"
#include "solver/lanes/lane_count.hpp"

namespace headroom {

/// Everything that changes while `width` problems of a plan are solved side by side; allocated once.
class LaneWorkspace {
public:
    /// @param width  1, 2, 4 or 8 lanes
    LaneWorkspace(const ConvexPlan& plan, const ConvexSettings& settings, int width);
    ~LaneWorkspace() = default;
    LaneWorkspace(const LaneWorkspace&) = delete;  // the views point into it
    LaneWorkspace& operator=(const LaneWorkspace&) = delete;

    IterateView iterate;
    KktView kkt;
    Equilibrator equilibrator;  ///< of lanes that bring their own A and Q
    int width() const { return iterate.width; }
    double& at(double* slots, std::size_t slot, int lane) const {
        return slots[slot * static_cast<std::size_t>(iterate.width) + static_cast<std::size_t>(lane)];
    }
    double measure(Measure which, int lane) const { return at(iterate.measure, which, lane); }
    /// Values of A, Q and cones of the lanes; A and Q only where the plan does not share them.
    double* own() const { return own_; }
    double* linear() const { return linear_; }
    double* weight() const { return weight_; }
    double* live() const { return live_; }
    double* unscale() const { return unscale_; }
    /// Bytes of one group of lanes, factor included.
    std::size_t bytes() const { return memory_.size() * sizeof(double); }

private:
    LaneArray memory_;
    double *own_, *linear_, *weight_, *live_, *unscale_;
};

}  // namespace headroom
