#pragma once

#include "formulations/envelope/feeder_allocation.hpp"
#include "formulations/secure/step_limits.hpp"

namespace headroom {

/// The rows that hold the limits of one feeder in every step of linearised_ac (linearised_ac.md): those of
/// LinearisedSteps. A step has rows where its base case has a power flow, and derivatives there; a row that no limits
/// can fill in a step, as far as connections let them go, has no entries.
/// @param allocation  of all steps, at any taps
/// @throws InvalidFeeder
StepLimits linearised_limits(const Region& region, const SeriesSet& series, const FeederAllocation& allocation);

}  // namespace headroom
