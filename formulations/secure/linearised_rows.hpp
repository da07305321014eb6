#pragma once

#include <span>
#include <vector>

#include "formulations/network/tap_runs.hpp"
#include "formulations/secure/ac_row.hpp"

namespace headroom {

/// Everything that the limits of a feeder watch, linearised at the AC base case of one step (linearised_ac.md).
///
/// A voltage limit is one row. A rating is the disc |z| <= 1 of a phasor z, the current or the apparent power over it:
/// sixteen rows, the sides of a polygon inside the disc. Two opposite corners of it lie the way in which active power
/// moves z most, or, where that would cut the base case off, one lies the way to the base case; sides that cut off a
/// base case outside of the disc are moved out to it.
struct LinearisedStep {
    bool converged = false;       ///< the base case has a power flow,
    bool differentiable = false;  ///< and what the limits watch derivatives there
    std::vector<double> excess;   ///< [#limit watched] at the base case
    std::vector<AcRow> rows;      ///< without share; none unless differentiable
};

/// @param feeder  ratings are watched together (WatchedLimits::Sides)
/// @param bases   of up to eight steps
/// @return [#step]
std::vector<LinearisedStep> linearise(const AcFeeder& feeder, std::span<const AcBase> bases);

/// Base cases of the steps [first_step, first_step + 8) of the run.
std::vector<AcBase> bases_of(const AcFeeder& feeder, const SeriesSet& series, const TapRun& run, std::size_t first_step,
                             const AllocationQuestion& question);

/// Whether limits in a box can fill a row: not if it keeps clearly some room, nor if they hardly move it.
bool can_fill(const AcRow& row, const EnvelopeBox& box);

/// Most that limits in a box move a row by, in per unit of its limit: its worst excess is `row.full - row.room` more.
double reach(const AcRow& row, const EnvelopeBox& box);

}  // namespace headroom
