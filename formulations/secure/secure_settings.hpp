#pragma once

#include <cstdint>

namespace headroom {

/// Which points of an envelope are looked at.
enum class Corners : std::uint8_t {
    searched,  ///< those that rows name, everything up, everything down, and the search from there
    aligned,   ///< everything up and everything down only: a diagnostic, nothing to publish
};

/// Per unit of the bus's base voltage, or of the rating (DEFINITIONS 15 and 16).
struct SecureSettings {
    Corners corners = Corners::searched;
    int round_limit = 60;            ///< linear solves; then what is not clean shrinks
    double violation = 5e-7;         ///< a clean step passes no limit by more,
    double hold_voltage = 5e-5;      ///< and the rows that hold its limits are this close to theirs
    double hold_rating = 5e-4;
    double near = 1e-3;              ///< limits this close are searched in every round,
    double wide = 15e-3;             ///< and this close in the first and in the last
};

}  // namespace headroom
