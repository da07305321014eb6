#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "formulations/flow/linear_network.hpp"
#include "io/case/case_outline.hpp"

namespace headroom {

/// [#feeder] limits of voltages and ratings that linear rows and power flows hold: two for each phase that is watched,
/// one for each phase with a rating, one more for the whole of a transformer. Limits that a flow model merges or leaves
/// out are counted, so that it is never less than there are.
/// @throws InputError  on a fault of the file
std::vector<std::int64_t> count_limits(const std::filesystem::path& case_path, const CaseOutline& outline,
                                       Monitoring monitoring);

}  // namespace headroom
