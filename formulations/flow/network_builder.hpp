#pragma once

#include "formulations/flow/linear_network.hpp"

namespace headroom {

/// The two ways to fill a LinearNetwork; linear_network() chooses.
LinearNetwork build_three_phase(const Region& region, std::int64_t feeder, const FeederTree& tree,
                                Monitoring monitoring, TapPositions taps);
LinearNetwork build_balanced(const Region& region, std::int64_t feeder, const FeederTree& tree, Monitoring monitoring,
                             FlowModel model, TapPositions taps);

/// Rows of /customer of this feeder whose bus has supply, in the order of the file.
/// @throws InvalidFeeder  if an active one has none
std::vector<std::int64_t> energised_customers(const Region& region, std::int64_t feeder, const FeederTree& tree);

/// Node of a bus of this feeder; -1 where de-energised.
std::int32_t node_of(const Region& region, std::int64_t feeder, const FeederTree& tree, std::int32_t bus);

/// Unit phasors of the phases that have supply; 0 on others.
PhaseVector directions(const PhaseVector& v);

/// W + j V A that an admittance, S, injects on some phases of a node at nominal voltage.
PhaseVector admittance_power(const Region& region, const LinearNetwork::Node& node, const ConductorMatrix& g,
                             const ConductorMatrix& b, std::uint8_t phases);

/// W + j V A that half of a line's charging injects on its phases at a node at an end of it, at nominal voltage.
PhaseVector charging_power(const Region& region, std::int64_t branch, const LinearNetwork::Node& node);

/// exp(-j 2 pi k / 3): the balanced rotation of phases a, b, c.
PhaseVector balanced_rotation();

}  // namespace headroom
