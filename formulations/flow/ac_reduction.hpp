#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "formulations/flow/ac_network.hpp"

namespace headroom {

/// Which nodes of a feeder a sweep needs. [#free] each.
struct AcReduction {
    /// 1 where no customer and no slack voltage drives a current and the bus is a dead end or a link between two
    /// others, so that eliminating it first adds nothing to what is left; never one of the kept buses.
    ///
    /// Eliminating such nodes from Y is what merging series branches is, exact with shunts, couplings and transformers
    /// too: their equations hold no current but their own branches'.
    std::vector<char> waits;
    /// 1 where a customer or a slack voltage drives a current, and at kept buses: what currents and limits read. None
    /// of them waits.
    std::vector<char> is_read;
};

/// @param kept_buses  rows of /bus
AcReduction reduced(const AcNetwork& net, std::span<const std::int32_t> kept_buses = {});

}  // namespace headroom
