#pragma once

#include <string>
#include <vector>

#include "formulations/network/region.hpp"

namespace headroom {

/// Makes active customers that no closed branch connects with their slack bus passive: published feeders hold a few,
/// and one of them would make the whole feeder invalid. Returns their ids.
std::vector<std::string> make_unsupplied_passive(Region& region);

}  // namespace headroom
