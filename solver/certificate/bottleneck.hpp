#pragma once

#include <span>
#include <vector>

#include "solver/lanes/lane_count.hpp"
#include "solver/packing/packing_rows.hpp"
#include "solver/packing/summed_rows.hpp"

namespace headroom {

/// Proof that w is the lexicographic max-min point, checked without the code that found it.
///
/// w is lexicographically max-min under A w <= h, start <= w <= cap iff it fits and every limit has a bottleneck: it is
/// at its cap, or it has an entry in a tight row where every other limit with an entry is no larger (in reference
/// units) or stands at its start. For equal share, one bottleneck stops all: pass `equal_share` and every limit below
/// its cap must stand at the common level while one row is tight.
struct BottleneckCertificate {
    double row_violation;    ///< largest (A w - h) / (largest entry of the row), in the unit of w; <= 0: inside
    int worst_row;           ///< the row of row_violation
    double bound_violation;  ///< largest excess over cap or shortfall under start, in the unit of w
    double bottleneck_gap;   ///< largest shortfall of any limit from having a bottleneck, in the unit of w
    int worst_limit;         ///< the limit of bottleneck_gap; -1 if there are none
};

BottleneckCertificate check_lexicographic(const PackingRows& rows, std::span<const double> room,
                                          std::span<const double> start, std::span<const double> cap,
                                          std::span<const double> reference, std::span<const double> w);

BottleneckCertificate check_equal_share(const PackingRows& rows, std::span<const double> room,
                                        std::span<const double> start, std::span<const double> cap,
                                        std::span<const double> reference, std::span<const double> w);

/// check_lexicographic for eight problems of one A side by side, all arrays [slot x lane]; lanes are independent, and
/// lanes without a problem may hold anything.
struct BottleneckPack {
    const double *room, *start, *cap, *reference, *w;
    double *row_violation, *bound_violation, *bottleneck_gap;  ///< [1] out, as in BottleneckCertificate
};
struct BottleneckWorkspace {
    explicit BottleneckWorkspace(const PackingRows& rows);
    LaneArray level, above_start, gap;  ///< [#limit]
    LaneArray left;                     ///< [#row]
    std::vector<double> scale;          ///< [#row] 1 / largest entry
};
void check_lexicographic_pack(const PackingRows& rows, const BottleneckPack& pack, BottleneckWorkspace& workspace);

/// The same for rows known through sums. Excesses are in units of a row's large_entry, so no smaller than those above.
/// Only rows with at most 1e-3 left in some lane of `live` are written out: bottleneck_gap is what these prove, and no
/// smaller than the gap where that is above 1e-3.
/// @param live  [1] 1: a lane with a problem
void check_lexicographic_pack(const SummedRows& rows, const BottleneckPack& pack, const double* live);

}  // namespace headroom
