#pragma once

#include "solver/convex/convex_answer.hpp"
#include "solver/convex/convex_plan.hpp"
#include "solver/convex/lane_workspace.hpp"

namespace headroom {

/// One problem of a plan and where its answer goes; arrays as in ConvexValues and ConvexAnswer, owned by the caller.
struct ConvexItem {
    const double *linear, *row_lower, *row_upper, *lower, *upper;
    const double* weight = nullptr;     ///< null where the plan has no terms
    const double* row_value = nullptr;  ///< null where the plan shares A and Q
    const double* quadratic = nullptr;
    const double* start = nullptr;  ///< [#variable] where to begin, moved off the bounds; null: their middle
    double *x, *y, *z;
    double* cone_z = nullptr;  ///< null where there are no cones
};

/// Puts the item into a lane, scaled: its data, and in `state` the middle of the bounds.
/// @return false if bounds are crossed
bool load_item(const ConvexPlan& plan, const ConvexItem& item, LaneWorkspace& workspace, int lane);

/// The wish for quantity q (ConvexPlan::pair), `margin` away from a single bound, a share between two; only between
/// load_item and start_item.
double inside_bounds(const ConvexPlan& plan, const LaneWorkspace& workspace, int lane, int q, double wish,
                     double margin);

/// Begins at the point in `state`: slacks from it, equal complementarity products, multipliers of terms exact.
/// @return false if there is no interior to start in (a cone that its variables' bounds leave)
bool start_item(const ConvexPlan& plan, LaneWorkspace& workspace, int lane);

/// Brings the lane's point and multipliers back to the original variables and into the item's arrays.
void store_item(const ConvexPlan& plan, const ConvexItem& item, const LaneWorkspace& workspace, int lane);

}  // namespace headroom
