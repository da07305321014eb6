#pragma once

#include <cstdint>

#include "formulations/market/feeder_market.hpp"
#include "formulations/network/region.hpp"

namespace headroom::bench {

/// Orders on the export and import limits of one feeder, one step each. First `resting` of them whose prices do not
/// cross (buys below 100 EUR/MWh, sells above), then `arriving` ones, of which every second crosses; those that rest
/// expire so that the book keeps its size. Quantities of 0.1 to 1 kW. Same arguments, same orders.
struct OrderStream {
    std::int32_t resting = 10'000, arriving = 100'000;
    std::uint64_t seed = 1;
};

/// Gives the region (of one feeder) these orders.
void add_orders(Region& region, std::size_t step_count, const OrderStream& stream);

}  // namespace headroom::bench
