#pragma once

#include "formulations/network/region.hpp"

namespace headroom::test {

/// Gives every feeder of a small_region() six orders that use every column, with times of their own in each feeder:
///
///     evening    c1 buys export of steps 0 to 3, minimum 500 W, expires
///     night      c3 sells the same; then the exclusive group 2 with dawn
///     dawn       c3 sells import of step 1, all or none; child of evening
///     leg 1, 2   c2 sells export, c3 buys import: block 7, fill or kill
///     reserve    c4 (passive) buys up of step 3, conditional, at a negative price; child of dawn
void add_small_orders(Region& region);

}  // namespace headroom::test
