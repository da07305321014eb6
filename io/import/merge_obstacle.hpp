#pragma once

#include <string>

#include "formulations/network/region.hpp"

namespace headroom {

/// Why the feeders of two regions cannot stand in one file, in words about the second; empty: they can. A region has
/// one time axis per series, and prices of energy for all feeders or for none.
std::string merge_obstacle(const Region& first, const Region& second);

/// Does any number of the region stand in its currency?
bool has_money(const Region& region);

}  // namespace headroom
