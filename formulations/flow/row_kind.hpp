#pragma once

#include <cstdint>

namespace headroom {

/// What a security row holds: a voltage at a point, or the power through a conductor, a whole branch or one winding.
/// The numbers stand in result files.
enum class RowKind : std::int8_t { voltage_max = 0, voltage_min = 1, branch_phase = 2, branch_total = 3, winding = 4 };

}  // namespace headroom
