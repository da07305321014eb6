#pragma once

#include "solver/packing/packing_rows.hpp"

namespace headroom {

/// One problem over the rows of a plan; arrays are the caller's.
struct PackingItem {
    const double* room;           ///< [#row] h; +inf switches a row off. Precondition: A lower <= room
    const double *lower, *upper;  ///< [#limit] >= 0, finite; equal where a limit is settled
    const double* linear;         ///< [#limit]
    const double* weight;         ///< [#limit] >= 0, 0 where upper is 0; null where the utility has no term
    double* w;                    ///< [#limit] out: inside all rows and bounds
    double* price;                ///< [#row] out: multipliers >= 0 of A w <= room; 0 for rows that never mattered
};

struct PackingOutcome {
    bool solved = false;  ///< by the solver's own measures; check_packing judges
    int iterations = 0;   ///< of the last round
    int rounds = 0;
    bool alone = false;  ///< the lanes failed and the slow route answered
};

/// What a row uses more than it has by this share is rounding.
inline constexpr double row_rounding = 1e-13;

/// Share of the way from `lower` to w at which a row fits that w is beyond by rounding.
/// @param used  of the row by w
double share_that_fits(const PackingRows& rows, int row, const PackingItem& item, double used);

/// Moves w so far towards `lower`.
void keep_share(int limit_count, const PackingItem& item, double share);

}  // namespace headroom
