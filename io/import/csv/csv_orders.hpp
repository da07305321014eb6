#pragma once

#include <filesystem>

#include "formulations/network/region.hpp"
#include "io/import/csv/order_lines.hpp"

namespace headroom {

/// Replaces the orders of a region by those of one CSV file, with the columns of order.csv (csv.md). Customers and
/// parents are found by id in the feeder of the row; steps that are told by their start are those of the first series
/// of the region. Whether the orders make sense, validate() says afterwards.
/// @return where they stand, for what it says
/// @throws InputError with file, line and column; then the region is as it was.
OrderLines read_orders_csv(const std::filesystem::path& file, Region& region);

}  // namespace headroom
