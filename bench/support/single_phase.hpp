#pragma once

#include "formulations/network/region.hpp"

namespace headroom::bench {

/// The balanced feeder that resembles a region of one feeder: one phase with the mean of what the three have, positive
/// sequence impedances, a third of every customer's power. For comparisons with solvers of balanced networks.
Region single_phase_equivalent(const Region& region);

}  // namespace headroom::bench
