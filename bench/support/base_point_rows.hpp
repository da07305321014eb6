#pragma once

#include <vector>

#include "formulations/envelope/feeder_allocation.hpp"
#include "formulations/secure/envelope_points.hpp"

namespace headroom::bench {

/// Limits of one step over rows that were linearised once, at the AC base case: what a first-order model knows that is
/// exact where all envelopes are nothing.
struct BasePointAnswer {
    bool solved = false;        ///< base case secure, answer certified
    std::vector<double> limit;  ///< [#limit] kW, kvar
    double level = 0;           ///< of policies that fill
};

/// Voltage limits are linearised in AC. Branch limits keep their rows of `linear`: the modulus of a flow knows only
/// the direction that the base case flows in, and turns where envelopes turn the flow.
/// @param linear  in lin_dist3_flow, of the policy that is asked for
BasePointAnswer solve_at_base_point(const AcFeeder& ac, const FeederAllocation& linear, const SeriesSet& series,
                                    std::size_t step);

}  // namespace headroom::bench
