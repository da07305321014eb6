#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "formulations/envelope/feeder_allocation.hpp"
#include "formulations/nlp/corner_program.hpp"
#include "formulations/secure/ac_row.hpp"
#include "formulations/secure/envelope_points.hpp"
#include "formulations/secure/worst_points.hpp"

namespace headroom {

struct AcAllocationSettings {
    double tolerance = 1e-8;  ///< of Ipopt, on first-order conditions and rows
    double violation = 1e-6;  ///< per unit of voltage or rating: a limit passed by more gets its worst corner
    double near = 30e-3;      ///< per unit: limits this close are searched
    /// In (0, 1): shares of the way to the caps where first solves begin, then 2/3 of them, ..., until the corners are
    /// secure. The best answer counts; only total takes more than the first, as others were never seen to have
    /// several optima.
    std::vector<double> begin = {0.9, 0.4, 0.1};
    int round_limit = 40;  ///< programs solved, each over more corners than the last
};

/// What an answer is worth.
enum class AcAllocationStatus : std::uint8_t {
    solved,           ///< the best local optimum found; the search finds no limit passed in its envelope
    insecure_start,   ///< the envelope of the starts (the forecasts) passes a limit; no answer
    unconverged,      ///< Ipopt did not converge; limits are its last point
    diverged,         ///< a corner of the answer has no power flow
    too_many_rounds,  ///< the search still finds limits passed
};

struct AcAllocationAnswer {
    AcAllocationStatus status = AcAllocationStatus::insecure_start;
    std::vector<double> limit;  ///< [#limit] kW, kvar, in the order of SecurityRows::columns()
    double objective = 0;       ///< kW of total, sum of logarithms of kW, level of equal
    double worst_excess = 0;    ///< per unit, of all limits at the points searched
    int rounds = 0;             ///< programs solved, of the answer that counts
    int corners = 0;            ///< that the last program secures
    int iterations = 0;         ///< of Ipopt, all programs
    std::string_view reason;    ///< why Ipopt did not converge
};

/// Allocation by AC optimal power flow: the yardstick that linear and AC-corrected envelopes are held to
/// (ac_allocation.md). For small feeders and few steps; a step takes from milliseconds to minutes.
///
/// Limits are optimised by Ipopt over a set of corners, everything up and everything down at first; the worst corner
/// of each limit that the answer passes elsewhere joins the set, until none is passed.
class AcAllocation {
public:
    /// @param region, linear  must outlive this; `linear` in lin_dist3_flow, with policy total, proportional or equal
    /// @throws InvalidFeeder, std::invalid_argument (another policy)
    AcAllocation(const Region& region, const FeederAllocation& linear, const AcAllocationSettings& settings = {});

    /// @param series  that `linear` was made with
    AcAllocationAnswer solve(const SeriesSet& series, std::size_t step) const;

    const AcFeeder& feeder() const { return feeder_; }

private:
    class Step;

    const FeederAllocation& linear_;
    AcAllocationSettings settings_;
    AcFeeder feeder_;
    std::vector<CoordinateColumns> columns_;
};

}  // namespace headroom
