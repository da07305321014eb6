#pragma once

#include <vector>

#include "formulations/flow/ac_quantity.hpp"
#include "formulations/network/edge_model.hpp"
#include "formulations/network/region.hpp"
#include "tests/support/random_feeder.hpp"

namespace headroom::test {

/// One phase, or one minus another.
PhaseVector pick(int plus, int minus = -1);

/// slack --- r = 0.5 ohm --- far, one single-phase customer on phase a.
Region two_buses(double p, std::array<double, 3> zip = {0, 0, 1});

/// A random feeder; every second passive customer depends on its voltage; taps off their middle.
Region mixed_feeder(unsigned seed, double load);

/// Two customers of three follow a Volt-VAr curve, steep where voltages are; of passive ones every other reaches no
/// further than its power leaves, where that is wished.
void add_curves(Region& region, bool inverters);

/// slack --- near --- (switch) --- mid ==== far, four wires, the neutral earthed at far; customers on both sides of the
/// switch.
Region four_wires();

/// Closes up to three meshes with lines between buses of the same phases; how many.    @pre 20 buses
int add_ties(Region& region);

/// A random feeder with such ties, rated where it is.    @pre 20 buses
Region meshed_feeder(unsigned seed, const RandomFeederOptions& options);

std::vector<std::int32_t> all_buses(const Region& region);

/// Everything that can be watched in the first feeder: voltages to neutral and between phases, currents, powers of
/// branches and windings, losses and head power.
std::vector<AcQuantity> all_quantities(const Region& region, const AcPowerFlow& flow);
/// How each of them turns that has a direction.
std::vector<AcQuantity> all_turns(const Region& region, const AcPowerFlow& flow);

}  // namespace headroom::test
