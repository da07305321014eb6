#include "formulations/generate/tree_drawing.hpp"

#include <cstddef>
#include <cstdint>

namespace headroom {
namespace {

constexpr double winding = 0.15;  ///< half of the tangent of the largest turn of a street

MapPoint left_of(MapPoint direction) { return {-direction.y, direction.x}; }
MapPoint right_of(MapPoint direction) { return {direction.y, -direction.x}; }

/// Turned by an angle of which t is the tangent of the half: sums, products and one quotient, so the same bits
/// everywhere.
MapPoint turned(MapPoint direction, double t) {
    const double cosine = (1 - t * t) / (1 + t * t), sine = 2 * t / (1 + t * t);
    return {cosine * direction.x - sine * direction.y, sine * direction.x + cosine * direction.y};
}

}  // namespace

std::vector<MapPoint> draw_tree(const GrownTree& tree, RandomStream& random) {
    std::vector<MapPoint> place(tree.size(), {0, 0}), direction(tree.size(), {1, 0});
    std::vector<std::int32_t> streets(tree.size(), 0), others(tree.size(), 0);  // that left the bus so far
    for (std::size_t bus = 1; bus < tree.size(); ++bus) {
        const auto parent = static_cast<std::size_t>(tree.parent[bus]);
        const MapPoint along = direction[parent];
        MapPoint way = along;
        if (tree.role[bus] == BranchRole::main) {
            const std::int32_t number = streets[parent]++;
            if (number > 0) way = number % 2 == 1 ? left_of(along) : right_of(along);
            way = turned(way, random.between(-winding, winding));
        } else if (tree.role[parent] == BranchRole::main || parent == 0) {
            way = others[parent]++ % 2 == 0 ? left_of(along) : right_of(along);
        }
        direction[bus] = way;
        place[bus] = {place[parent].x + tree.length[bus] * way.x, place[parent].y + tree.length[bus] * way.y};
    }
    return place;
}

}  // namespace headroom
