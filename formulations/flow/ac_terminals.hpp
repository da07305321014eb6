#pragma once

#include <cstdint>
#include <vector>

#include "formulations/network/region.hpp"

namespace headroom {

/// The terminals of a feeder (bus and conductor, and star points of transformers) as nodes of one nodal problem.
///
/// Nodes [0, free_count) have unknown voltages, [free_count, free_count + slack_count) belong to the slack bus, the one
/// behind them is ground. Terminals joined by closed switches of no impedance are one node; terminals that no closed
/// branch feeds from the slack bus have none.
struct AcTerminals {
    static constexpr std::int8_t star = conductor_count;  ///< a place that is no conductor: a floating star point

    struct Place {
        std::int32_t bus;       ///< row of /bus; for a star point the bus of its side
        std::int8_t conductor;  ///< 0 to 3: a, b, c, neutral; or star
    };

    int free_count = 0, slack_count = 0;
    std::int64_t bus_first = 0, branch_first = 0;
    std::vector<Place> place;                            ///< [#node without ground] one of the terminals that it joins
    std::vector<std::int32_t> node;                      ///< [4 x #bus of the feeder] or -1
    std::vector<std::array<std::int32_t, 2>> star_node;  ///< [#branch of the feeder] star points, from and to; or -1
    std::vector<char> merged;                            ///< [#branch of the feeder] 1: a switch of no impedance

    /// For each part of the network that nothing ties to ground (behind delta windings, say) the phases of one bus,
    /// whose mean voltage is then defined to be zero.
    std::vector<std::vector<std::int32_t>> ungrounded;

    int ground() const { return free_count + slack_count; }
    std::int32_t of(std::int64_t bus, int conductor) const {
        return node[static_cast<std::size_t>((bus - bus_first) * conductor_count + conductor)];
    }
};

/// @throws InvalidFeeder  where a switch is without impedance on some of its conductors only
AcTerminals ac_terminals(const Region& region, std::int64_t feeder);

}  // namespace headroom
