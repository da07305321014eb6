#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "solver/convex/convex_plan.hpp"
#include "solver/convex/lane_item.hpp"
#include "solver/packing/filling.hpp"
#include "solver/packing/packing_utility.hpp"
#include "solver/packing/row_places.hpp"

namespace headroom {

/// The convex problem over some rows of a packing problem: the limits, and under them the rows, scaled to entries of
/// about one.
///
/// The rows are written out, or go through sums (NestedRows), whichever takes less to factor. Sums are free variables
/// after the limits, each defined by an equation after the rows. Rows that share places are written out, and their
/// values are the items' own.
class WorkingProblem {
public:
    /// @param rows  of the plan, increasing
    WorkingProblem(const FillingPlan& plan, std::span<const std::int32_t> rows, const PackingUtility& utility);

    /// @param places  of such rows
    WorkingProblem(const FillingPlan& plan, RowPlaces places, const PackingUtility& utility);

    const ConvexPlan& plan() const { return plan_; }
    bool has_places() const { return places_.count() > 0; }
    int sum_count() const { return nested_.sum_count(); }
    int variable_count() const { return plan_.structure.variable_count; }
    int row_count() const { return plan_.structure.row_count(); }
    /// The working row that stands in row i of the problem for an item.
    std::int32_t row_of(const PackingItem& item, int i) const {
        return has_places() ? places_.row_of(item, i) : rows_[static_cast<std::size_t>(i)];
    }
    int working_count() const { return row_count() - sum_count(); }  ///< rows of the problem that are no sums
    const double* row_values() const { return row_value_.data(); }   ///< shared by all items, if there are no places
    /// The values of an item where there are places.  @param values  [#entry of plan().structure.rows] out
    void own_values(const FillingPlan& plan, const PackingItem& item, double* values) const;
    const double* quadratic() const { return quadratic_.data(); }

    /// Fills in the sums behind the limits. @param x  [#variable]
    void find_sums(std::span<double> x) const;

    /// An item of it as a problem by itself.
    ConvexProblem single(const ConvexItem& item) const;

private:
    std::vector<std::int32_t> rows_;
    RowPlaces places_;
    NestedRows nested_;  // of the rows in use, scaled; no sums where they are written out
    std::vector<double> row_value_, quadratic_;
    ConvexPlan plan_;
};

}  // namespace headroom
