#pragma once

#include <vector>

namespace headroom {

/// The orders of one position, as what they could gain at given prices.
struct PositionOrders {
    struct Offer {
        double quantity;  ///< kW, >= 0
        double gain;      ///< per kW, any sign
    };
    std::vector<Offer> up, down;  ///< that raise and lower the position
};

/// The largest gain of accepting parts of the orders so that the position moves by no less than `least` and no more
/// than `most`, least <= 0 <= most: everything that gains, then the cheapest way back inside.
double best_acceptance(const PositionOrders& orders, double least, double most);

}  // namespace headroom
