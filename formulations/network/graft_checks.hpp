#pragma once

#include <cstdint>
#include <span>

#include "formulations/network/graft_feeders.hpp"

namespace headroom {

/// Throws GraftFault where a graft does not fit: see graft_feeders().
void check_grafts(const Region& region, std::size_t onto, std::span<const Graft> grafts);

}  // namespace headroom
