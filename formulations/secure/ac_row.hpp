#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "formulations/secure/envelope_points.hpp"
#include "solver/packing/row_blocks.hpp"

namespace headroom {

/// Side of a row that was linearised in AC, in price tables; the sides of a polygon follow it.
inline constexpr std::int32_t ac_side = 118;

/// A limit linearised at one point of an envelope: with x the injections of the envelope's coordinates,
///
///     excess(x) ~ excess* + slope' (x - x*) <= 0                                              (1)
struct AcRow {
    std::int32_t limit;
    std::vector<double> share;  ///< [#coordinate] where in the box it was linearised
    std::vector<double> slope;  ///< [#coordinate] per W and V A
    double room;                ///< slope' x* - excess*, what x = 0 leaves
    std::int32_t side = ac_side;
    double full = 0;  ///< excess of the limit where the row is full: that of a polygon's side inside its circle
};

/// The columns of the split rows that bound a coordinate from above and below; -1: nobody bounds it, it is adversarial.
struct CoordinateColumns {
    std::int32_t up = -1, down = -1;
    std::int32_t of = -1;  ///< EnvelopeCoordinate::of
    bool error = false;    ///< of a forecast
};

/// [#coordinate]
std::vector<CoordinateColumns> columns_of(std::span<const EnvelopeCoordinate> coordinates,
                                          std::span<const LimitColumn> columns);

/// The box of no limits at all: reactive coordinates that nobody bounds have their range, the others no width.
EnvelopeBox adversarial_ranges(const SecurityRows& rows, std::span<const EnvelopeCoordinate> coordinates,
                               std::span<const CoordinateColumns> columns);

/// The box of limits.
/// @param ranges  adversarial_ranges()
/// @param limit   [#column] kW, kvar
EnvelopeBox box_of_limits(std::span<const CoordinateColumns> columns, const EnvelopeBox& ranges,
                          std::span<const double> limit);

/// The corner, in shares of a box, that a split row names as its worst, adversarial reactive power and errors of
/// forecasts included. Whose power is not in the row is where voltages are worst for its kind: down for voltage_min, up
/// for all others.
std::vector<double> worst_corner(const SecurityRows& rows, int row, std::span<const CoordinateColumns> columns);

/// (1) at a point, nothing where it has no derivative. A customer whose slope points inwards, or who stands inside,
/// moves the worst value of the box with neither of its limits: its slope is left out.
/// @param slope      [#coordinate] of the limit there
/// @param allowance  excess that is let be
std::optional<AcRow> linearised(const EnvelopePoints& points, int point, std::int32_t limit,
                                std::span<const double> slope, double allowance = 0);

/// How much more room rows of branches may have than those of voltages, for searches to begin at their corners. Linear
/// rows of an ampere rating are off by as much as the voltage is, and the current is largest at several corners far
/// apart, one for each way it may lean: the search must begin near the worst of them.
inline constexpr double rating_slack = 5;

/// Adds where searches of a step begin: all up, all down, and the corners that split rows name of which little is left.
/// @param left   what an envelope leaves of a row, in its unit: left(row)
/// @param slack  rows with more are passed over
template <class Left>
void add_search_starts(EnvelopePoints& points, int step, const SecurityRows& rows,
                       std::span<const CoordinateColumns> columns, double slack, Left left) {
    for (const double share : {0.0, 1.0}) points.add(step, std::vector<double>(columns.size(), share));
    for (int r = 0; r < rows.rows().row_count(); ++r) {
        const RowKind kind = rows.limits()[static_cast<std::size_t>(rows.limit_of_row(r))].kind;
        const bool voltage = kind == RowKind::voltage_max || kind == RowKind::voltage_min;
        if (left(r) <= (voltage ? slack : rating_slack * slack))
            points.add_with_reactive_ends(step, worst_corner(rows, r, columns));
    }
}

/// (1) as a row of a packing problem over the limits of the columns.
struct SplitAcRow {
    std::vector<std::pair<std::int32_t, double>> entries;  ///< (column, per kW or kvar), columns increasing
    double room;
};

/// Splits (1) by the signs of its slopes. Adversarial coordinates take their worst from the room, and so does dust
/// (DEFINITIONS 4): entries below this share of the largest, times the caps of their columns.
/// @param box  of the adversarial coordinates
/// @param cap  [#column] kW
SplitAcRow split(const AcRow& row, std::span<const CoordinateColumns> columns, const EnvelopeBox& box,
                 std::span<const double> cap, double dust);

}  // namespace headroom
