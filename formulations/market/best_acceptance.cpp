#include "formulations/market/best_acceptance.hpp"

#include <algorithm>
#include <cmath>

namespace headroom {
namespace {

/// Moves the position by `distance` against the direction of `ahead`, at the least cost: what gains least of those
/// accepted is given up, what loses least of the others is accepted. @return the cost
double cheapest_way_back(const std::vector<PositionOrders::Offer>& ahead,
                         const std::vector<PositionOrders::Offer>& against, double distance) {
    std::vector<PositionOrders::Offer> ways;  // gain: cost per kW
    for (const auto& offer : ahead)
        if (offer.gain > 0) ways.push_back(offer);
    for (const auto& offer : against)
        if (offer.gain <= 0) ways.push_back({offer.quantity, -offer.gain});
    std::ranges::sort(ways, {}, &PositionOrders::Offer::gain);
    double cost = 0;
    for (const auto& way : ways) {
        const double taken = std::min(way.quantity, distance);
        cost += taken * way.gain;
        distance -= taken;
        if (distance <= 0) break;
    }
    return cost;
}

}  // namespace

double best_acceptance(const PositionOrders& orders, double least, double most) {
    double gain = 0, moved = 0;
    for (const auto& offer : orders.up)
        if (offer.gain > 0) {
            gain += offer.gain * offer.quantity;
            moved += offer.quantity;
        }
    for (const auto& offer : orders.down)
        if (offer.gain > 0) {
            gain += offer.gain * offer.quantity;
            moved -= offer.quantity;
        }
    if (moved > most) gain -= cheapest_way_back(orders.up, orders.down, moved - most);
    if (moved < least) gain -= cheapest_way_back(orders.down, orders.up, least - moved);
    return gain;
}

}  // namespace headroom
