#pragma once

#include "solver/packing/packing_program.hpp"

namespace headroom {

inline constexpr double base_violation = 1e-6;  ///< per unit: what an AC base case may pass a limit by

/// Which corners of an envelope are looked at: those that the search finds to matter, or everything up and everything
/// down alone, as published methods do. The latter is no proof of anything: other corners may be worse.
enum class Corners { search, aligned };

/// Per unit of the bus's base voltage, or of the rating (DEFINITIONS 15 and 16).
struct SecureSettings {
    PackingProgram::SingleSolver single_solver = {};  ///< of concave policies in place of the lanes; may be empty
    Corners corners = Corners::search;
    int round_limit = 60;        ///< linear solves; then what is not clean shrinks
    int patience = 6;            ///< rounds after which answers are taken to go round in a circle
    double violation = 5e-7;     ///< a clean step passes no limit by more,
    double hold_closely = 2e-6;  ///< and the rows that hold its limits are this close to theirs;
    double hold_voltage = 9e-5;  ///< after `patience` rounds this close
    double hold_rating = 9e-4;
    double near = 1e-3;       ///< limits this close are searched in every round,
    double adjoining = 3e-4;  ///< and rows of limits this close linearised in AC, beside those that stop others
    double doubtful = 2e-3;   ///< of limits this close, flips are tried where slopes change across the box
    double wide = 15e-3;      ///< and this close before a step is closed

    /// How far from its limit a row that holds others may stay, once closer has been tried for `patience` rounds.
    double hold_limit(bool is_voltage) const { return is_voltage ? hold_voltage : hold_rating; }
};

}  // namespace headroom
