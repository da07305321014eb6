#pragma once

#include <optional>
#include <string>
#include <vector>

namespace headroom::opendss {

/// What a transformer needs to know of its bank: the buses of winding 1 and of the others.
struct BankMember {
    std::string name, from;
    std::vector<std::string> to;
    int phases = 3;
    int phase_node = 1;    ///< node at which winding 1 begins
    double voltage = 0.0;  ///< V across a coil of winding 1
};

/// Where a transformer meets its star bus.
struct StarPlace {
    std::string bus;
    int node = 1;          ///< of a single-phase unit; coil k of others lies at node k + 1
    double voltage = 0.0;  ///< V, of the star bus
};

/// The star buses of transformers with three windings, by member; nothing for a unit that needs none. Units of one
/// phase between the same buses share one, each on a phase of its own, and units of two windings beside them pass
/// through it too: a bank with a centre tap, or of three tanks with three windings, then stays a path, not a loop.
std::vector<std::optional<StarPlace>> star_places(const std::vector<BankMember>& members);

}  // namespace headroom::opendss
