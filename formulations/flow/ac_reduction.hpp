#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "formulations/flow/ac_network.hpp"

namespace headroom {

/// Which nodes can wait: [#free] 1 where no customer and no slack voltage drives a current and the bus is a dead end or
/// a link between two others, so that eliminating it first adds nothing to what is left; never one of `kept_buses`
/// (rows of /bus).
///
/// Eliminating such nodes from Y is what merging series branches is, exact with shunts, couplings and transformers too:
/// their equations hold no current but their own branches'.
std::vector<char> nodes_that_wait(const AcNetwork& net, std::span<const std::int32_t> kept_buses = {});

}  // namespace headroom
