#pragma once

#include <filesystem>

#include "formulations/network/region.hpp"

namespace headroom::bench {

/// A balanced distribution case of MATPOWER as one phase of a region: a third of its powers, phase-to-neutral voltages,
/// loads of constant power, the slack bus as the file has it.
///
/// Reads the matrices and the handful of statements with which such files turn ohm into per unit, kW into MW and kVA at
/// a power factor into both. Anything else in the file, PV buses, transformers and shunts are an InputError.
Region read_matpower(const std::filesystem::path& file);

}  // namespace headroom::bench
