#pragma once

#include <cstddef>

#include "formulations/generate/feeder_plan.hpp"
#include "formulations/network/region.hpp"

namespace headroom {

/// About how many orders a customer has that trades.
double orders_per_customer(const GeneratorSettings& settings);

/// Orders of a feeder's active customers for limits of their envelopes (generate.md, "Orders"): who will use much of a
/// cap by its forecast bids for more, who will not offers some. Customers and parents are counted within the feeder.
/// @param row  of the feeder in the region, whose series is filled
OrderColumns draw_orders(const GeneratorSettings& settings, const FeederPlan& plan, std::size_t row,
                         const Region& region);

}  // namespace headroom
