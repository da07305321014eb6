#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

#include "formulations/network/region.hpp"

namespace headroom {

/// Where a feeder of a region is grafted onto another one.
struct Graft {
    std::size_t feeder;                  ///< row of /feeder: what is grafted
    std::int32_t bus;                    ///< row of /bus: takes the place of its ideal source
    std::vector<std::int64_t> replaced;  ///< rows of /customer that stood for it and go
    std::int32_t transformer = -1;       ///< row of /transformer that joins bus and source; -1: they are one bus
    double rating_power = not_given;     ///< V A, of that transformer; NaN: unrated
};

/// A graft that does not fit, in words a planner can act on.
class GraftFault : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// The region with feeders grafted onto feeder `onto`: one tree behind one source, an ordinary feeder.
///
/// A feeder that begins above its transformer loses its source: what hung on that hangs on the bus. One that begins at
/// the busbar keeps its source as a bus, and gets the transformer named in the graft between. Its slack voltages and
/// prices go; the tree has those of `onto`, and its identifier. What came from feeder f is called "f/..." in the tree;
/// buses, branches, shunts, customers and orders stand in the order of `onto`, then of the grafts. Other feeders stay
/// as they are.
/// @throws GraftFault  a feeder onto itself or twice, a bus of another feeder, voltages, phases or phase sequences that
///                     do not fit, replaced customers elsewhere or with orders, identifiers that become too long
/// @pre validate() finds no fault in the feeders that take part
Region graft_feeders(const Region& region, std::size_t onto, std::span<const Graft> grafts);

}  // namespace headroom
