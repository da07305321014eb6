#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "formulations/envelope/feeder_allocation.hpp"
#include "formulations/flow/row_name.hpp"
#include "formulations/secure/secure_feeder.hpp"

namespace headroom {

/// The rows A w <= h that hold the limits of one feeder in every step of linearised_ac (linearised_ac.md): those of
/// LinearisedSteps, over the columns of SecurityRows.
///
/// Rows have the same numbers in all steps. One that no limits can fill in a step, as far as connections let them go,
/// has no entries there, and room without end.
class LinearisedLimits {
public:
    /// @param region, series, allocation  read here only
    /// @throws InvalidFeeder
    LinearisedLimits(const Region& region, const SeriesSet& series, const FeederAllocation& allocation);

    struct Step {
        bool has_rows = false;     ///< the base case has a power flow, and derivatives there
        PackingRows rows;          ///< A
        std::vector<double> room;  ///< [#row] h of the base case: below zero where that passes the row
    };
    std::span<const RowName> names() const { return names_; }  ///< [#row]
    std::size_t step_count() const { return steps_.size(); }
    const Step& step(std::size_t step) const { return steps_[step]; }

private:
    using Split = std::map<std::size_t, SplitAcRow>;  ///< by row of LinearisedStep::rows

    void linearise_pack(const SecureFeeder& feeder, const SeriesSet& series, std::size_t first,
                        std::vector<Split>& split);
    void number_rows(std::vector<Split>& split, std::size_t columns);

    std::vector<RowName> names_;
    std::vector<Step> steps_;
};

/// Rooms and committed forecasts that envelopes begin with.
struct HeldStep {
    std::vector<double> room;   ///< [#row] none where the base case passes a row
    std::vector<double> start;  ///< [#column] kW, kvar: w0 of allocation.md, as far as it fits
};

/// @param work  of `allocation`, loaded with the pack of the step
HeldStep held(const FeederAllocation& allocation, const LinearisedLimits::Step& step, std::size_t lane,
              const FeederAllocation::Workspace& work);

}  // namespace headroom
