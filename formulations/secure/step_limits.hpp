#pragma once

#include <cstddef>
#include <vector>

#include "formulations/envelope/feeder_allocation.hpp"
#include "formulations/flow/row_name.hpp"
#include "formulations/secure/linear_runs.hpp"

namespace headroom {

/// The rows A w <= h that hold the limits of one feeder where they are not the same in all steps of a series, over the
/// columns of SecurityRows: with taps that the series moves, or linearised in every step (linearised_limits.hpp).
///
/// Rows have the same numbers in all steps. One that a step has not has no entries there, and room without end.
struct StepLimits {
    struct Step {
        bool has_rows = false;     ///< there is something that could hold limits
        std::size_t set = 0;       ///< A: which of `sets`
        std::vector<double> room;  ///< [#row] h of the base case: below zero where that passes the row
    };
    std::vector<RowName> names;  ///< [#row]
    std::vector<PackingRows> sets;
    std::vector<Step> steps;  ///< [#step of the series]

    const PackingRows& rows(std::size_t step) const { return sets[steps[step].set]; }
};

/// Linear rows with the taps of every step.
StepLimits limits_of_runs(const LinearRuns& runs);

/// Rooms and committed forecasts that envelopes begin with.
struct HeldStep {
    std::vector<double> room;   ///< [#row] none where the base case passes a row
    std::vector<double> start;  ///< [#column] kW, kvar: w0 of allocation.md, as far as it fits
};

/// @param allocation  of all steps, at any taps
/// @param work        of `allocation`, loaded with the pack of the step
HeldStep held(const FeederAllocation& allocation, const StepLimits& limits, std::size_t step, std::size_t lane,
              const FeederAllocation::Workspace& work);

}  // namespace headroom
