#pragma once

#include <cstdint>

#include "formulations/network/region.hpp"

namespace headroom::bench {

/// A feeder made by rule: same arguments, same feeder, on every machine.
///
/// A three-phase low-voltage tree like the European LV feeder: long chains of short four-wire cable with the mutual
/// impedance of a real one, single-phase customers spread evenly, two of every five active (10 kW export and 14 kW
/// import cap). The length of a branch shrinks with the number of buses, so that drops and limits stay alike in any
/// size.
struct SyntheticFeeder {
    int buses = 906;
    int customers = 55;
    int steps = 96;  ///< of equal length, one day
    std::uint64_t seed = 1;
};

Region synthetic_region(const SyntheticFeeder& wanted);

}  // namespace headroom::bench
