#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "solver/convex/convex_plan.hpp"
#include "solver/convex/lane_item.hpp"
#include "solver/packing/filling.hpp"
#include "solver/packing/packing_utility.hpp"

namespace headroom {

/// The convex problem over some rows of a packing problem: the limits, and under them the rows, scaled to entries of
/// about one.
///
/// The rows are written out, or go through sums (NestedRows), whichever takes less to factor. Sums are free variables
/// after the limits, each defined by an equation after the rows.
class WorkingProblem {
public:
    /// @param rows  of the plan, increasing
    WorkingProblem(const FillingPlan& plan, std::span<const std::int32_t> rows, const PackingUtility& utility);

    const ConvexPlan& plan() const { return plan_; }
    int sum_count() const { return nested_.sum_count(); }
    int variable_count() const { return plan_.structure.variable_count; }
    int row_count() const { return plan_.structure.row_count(); }
    const double* row_values() const { return row_value_.data(); }
    const double* quadratic() const { return quadratic_.data(); }

    /// Fills in the sums behind the limits. @param x  [#variable]
    void find_sums(std::span<double> x) const;

    /// An item of it as a problem by itself.
    ConvexProblem single(const ConvexItem& item) const;

private:
    NestedRows nested_;  // of the rows in use, scaled; no sums where they are written out
    std::vector<double> row_value_, quadratic_;
    ConvexPlan plan_;
};

}  // namespace headroom
