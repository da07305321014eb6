#pragma once

#include <span>
#include <vector>

#include "solver/convex/lane_item.hpp"
#include "solver/convex/lane_workspace.hpp"

namespace headroom {

/// How a lane ended: solved, iteration_limit, stalled or (crossed bounds) primal_infeasible, by the solver's own
/// measures; the certificate is another matter.
struct LaneOutcome {
    ConvexStatus status = ConvexStatus::stalled;
    int iterations = 0;
};

/// Seconds spent in the parts of the method, summed over calls.
struct StageTimes {
    double load = 0, assess = 0, factor = 0, predict = 0, solve = 0, advance = 0;
};

/// Solves problems of one plan side by side; finished lanes are refilled from the list. Allocates in its constructor
/// only. A problem's answer does not depend on its neighbours, its place in the list or the width.
class LaneSolver {
public:
    /// @param plan  must outlive the solver
    explicit LaneSolver(const ConvexPlan& plan, const ConvexSettings& settings = {}, int width = lane_count);

    void solve(std::span<const ConvexItem> items, std::span<LaneOutcome> outcomes);

    /// Adds up the time of each stage from now on; reading the clock costs some.
    void measure_stages(StageTimes* times) { times_ = times; }
    std::size_t bytes() const { return workspace_.bytes(); }

private:
    static constexpr int idle = -1;

    bool refill(std::span<const ConvexItem> items, std::span<LaneOutcome> outcomes);
    bool retire(std::span<const ConvexItem> items, std::span<LaneOutcome> outcomes);
    bool converged(int lane) const;
    void step();

    const ConvexPlan& plan_;
    ConvexSettings settings_;
    LaneWorkspace workspace_;
    std::vector<int> item_of_;  // [#lane] index into items, or idle
    std::vector<int> iterations_;
    std::size_t next_ = 0;
    StageTimes* times_ = nullptr;
};

}  // namespace headroom
