#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "solver/lanes/lane_count.hpp"
#include "solver/packing/nested_rows.hpp"
#include "solver/packing/packing_rows.hpp"
#include "solver/packing/row_blocks.hpp"

namespace headroom {

/// Progressive filling: raise all limits together until a row is tight, stop those in it, go on with the rest.
///
///     w_c(t) = min(max(start_c, t reference_c), cap_c)    while limit c is free; t is the common level        (1)
///     t*     = largest t with A w(t) <= room                                                                  (2)
///
/// lexicographic: after (2) every free limit with an entry in a tight row stops at w_c(t*), every limit at its cap
/// stops alone, and (2) is solved again for the others: the lexicographic max-min point of w_c / reference_c (limits
/// that begin above the level wait until it has caught up). Otherwise (equal share) the first t* is the answer for all.
///
/// (2) is the root of a piecewise linear increasing function: bracketed Newton steps, exact on the last piece, no
/// tolerance but rounding. filling.md tells how the lanes share the passes over A.
enum class FillingRule { lexicographic, equal_share };

/// Stops of a limit that are not a row.
inline constexpr int stopped_by_cap = -1;
inline constexpr int stopped_with_others = -4;  ///< equal share only: another limit's row or cap stopped the level

/// One pack of problems, all arrays [slot x lane] (lane_count.hpp) and owned by the caller.
struct FillingPack {
    const double* room;       ///< [#row] h; +inf switches a row off. Precondition: A start <= room in live lanes
    const double* start;      ///< [#limit] >= 0, <= cap
    const double* cap;        ///< [#limit] finite
    const double* reference;  ///< [#limit] > 0
    const double* live;       ///< [1] 1: solve this lane, 0: leave it alone (its inputs may be NaN)

    double* limit;  ///< [#limit] out: w; 0 in lanes that are not live
    int* stop;      ///< [#limit] out: row that stopped it, stopped_by_cap or stopped_with_others
    double* level;  ///< [1] out: last t
    int* rounds;    ///< [1] out: number of times (2) was solved; -1: gave up, limits are no answer
};

/// A made ready for filling.
struct FillingPlan {
    /// @param nested  the same A through sums: for the passes over all of A, and to solve over many rows
    explicit FillingPlan(PackingRows packing_rows, std::optional<NestedRows> nested_rows = {});

    PackingRows rows;
    std::optional<NestedRows> nested;
    RowBlocks blocks;               ///< of `rows`, for the passes over all of A; empty where these go through sums
    std::vector<double> row_scale;  ///< [#row] power of two that brings a row's largest entry near one
    std::vector<std::int32_t>
        first_rows;  ///< increasing; rows that every search begins with (filling.md); may be empty
};

/// Work arrays for packs of one plan; reused, nothing is allocated afterwards.
struct FillingWorkspace {
    explicit FillingWorkspace(const PackingRows& rows)
        : used(size(rows.row_count())),
          in_play(size(rows.row_count())),
          rise(size(rows.limit_count)),
          frozen(size(rows.limit_count)),
          stop(size(rows.limit_count)),
          top(size(rows.limit_count)),
          active(static_cast<std::size_t>(rows.row_count())) {}
    LaneArray used, in_play, rise, frozen, stop, top;
    LaneArray sums;  ///< of multiply()
    std::vector<int> active;

private:
    static std::size_t size(int slots) { return static_cast<std::size_t>(slots) * lane_count; }
};

void fill(const FillingPlan& plan, FillingRule rule, const FillingPack& pack, FillingWorkspace& workspace);

/// Fills a sample and keeps the rows that stopped a limit in it as the plan's first rows. The answers of the sample are
/// left in `sample`.
void learn_first_rows(FillingPlan& plan, FillingRule rule, const FillingPack& sample, FillingWorkspace& workspace);

/// product = A w, [#row x lane]; entries of lanes are independent.
/// @param sums  work array, grown where the plan has sums
void multiply(const FillingPlan& plan, const double* w, double* product, LaneArray& sums);

}  // namespace headroom
