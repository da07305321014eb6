#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "formulations/network/region.hpp"

namespace headroom {

/// Of closed branches between the same two buses, the first that closes a circle with the ones before it.
///
/// Every branch ties the voltages of two terminals at its to side: a wire of phase p ties p to ground, a coil its two
/// terminals. Banks tie different pairs: single-phase units on disjoint phases, coils ab and cb of an open delta (with
/// or without a wire of phase b), the halves of a centre tap, three coils of a closed delta. The same pair twice, or a
/// pair that others tie by way of ground, is a circle.
std::optional<std::size_t> circulating_branch(const Region& region, std::span<const std::size_t> branches);

}  // namespace headroom
