#pragma once

#include <vector>

#include "formulations/generate/random_stream.hpp"
#include "formulations/generate/tree_growth.hpp"

namespace headroom {

/// A place or a direction on a map: m to the east and to the north.
struct MapPoint {
    double x, y;
};

/// [#bus] where the buses of a tree may lie, the busbar at 0: streets that wind a little and part at right angles,
/// services and dead ends across them. Branches are as long as they are; nothing keeps them from crossing.
std::vector<MapPoint> draw_tree(const GrownTree& tree, RandomStream& random);

}  // namespace headroom
