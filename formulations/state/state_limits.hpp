#pragma once

#include <vector>

#include "formulations/flow/ac_quantity.hpp"
#include "formulations/flow/security_rows.hpp"
#include "formulations/network/feeder_reach.hpp"

namespace headroom {

/// Every limit of a feeder, radial or meshed, as the AC power flow sees it: the bands of all buses that are fed, the
/// slack bus among them, and all ratings, at the sending end of their branch. They are named as the rows of envelopes
/// are: voltages to the bus's own neutral or to ground, between phases where there is neither and where customers are
/// connected so; of a rating in V A of a transformer each winding has its equal share.
///
/// What the network does not settle has no limit here: the current of switches without impedance that close a circle.
struct StateLimits {
    std::size_t voltage_count = 0;
    std::vector<AcQuantity> quantities;  ///< [#voltage + #rating] V, then A or V A
    std::vector<double> base;            ///< [#voltage + #rating] V of 1 p.u.; A or V A of a rating
    std::vector<SecurityLimit> limits;   ///< [2 x #voltage + #rating] max and min of each voltage, then ratings

    std::size_t voltage_max_row(std::size_t voltage) const { return 2 * voltage; }
    std::size_t voltage_min_row(std::size_t voltage) const { return 2 * voltage + 1; }
    std::size_t rating_row(std::size_t quantity) const { return quantity + voltage_count; }
};

/// @param region, flow  must outlive what is made; the feeder is that of `flow`
StateLimits state_limits(const Region& region, const AcPowerFlow& flow, const FeederReach& reach);

}  // namespace headroom
