#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include "formulations/network/graft_feeders.hpp"

namespace headroom {

/// Which feeders are grafted onto feeder `onto`, and where: a CSV file with the columns
///
///     feeder, bus            what is grafted, and the bus of `onto` that takes the place of its source
///     replaces               the customer at that bus that goes, "" for none; without the column: all customers there
///     transformer            what joins bus and source where they are not one bus; ""
///     rating_power_kva       of that transformer; "": unrated
///
/// Throws InputError with line and column for what the region does not have. Whether the grafts fit, graft_feeders()
/// says.
std::vector<Graft> read_grafts_csv(const std::filesystem::path& file, const Region& region, std::size_t onto);

}  // namespace headroom
