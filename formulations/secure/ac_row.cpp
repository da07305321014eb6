#include "formulations/secure/ac_row.hpp"

#include <algorithm>

#include "formulations/units.hpp"

namespace headroom {

std::vector<CoordinateColumns> columns_of(std::span<const EnvelopeCoordinate> coordinates,
                                          std::span<const LimitColumn> columns) {
    std::vector<CoordinateColumns> result;
    for (const EnvelopeCoordinate& coordinate : coordinates) {
        CoordinateColumns& of = result.emplace_back();
        of.of = coordinate.of;
        of.error = coordinate.is_error();
        for (std::size_t c = 0; c < columns.size() && !of.error; ++c) {
            if (columns[c].active != coordinate.of || is_reactive(columns[c].kind) != coordinate.is_reactive())
                continue;
            (bounds_injection(columns[c].kind) ? of.up : of.down) = static_cast<std::int32_t>(c);
        }
    }
    return result;
}

EnvelopeBox adversarial_ranges(const SecurityRows& rows, std::span<const EnvelopeCoordinate> coordinates,
                               std::span<const CoordinateColumns> columns) {
    EnvelopeBox box{std::vector<double>(columns.size(), 0.0), std::vector<double>(columns.size(), 0.0)};
    for (std::size_t k = 0; k < columns.size(); ++k) {
        if (coordinates[k].is_error()) continue;
        const auto [absorbed, injected] = rows.free_range(static_cast<std::size_t>(coordinates[k].of));
        if (columns[k].down < 0) box.lower[k] = -absorbed;
        if (columns[k].up < 0) box.upper[k] = injected;
    }
    return box;
}

EnvelopeBox box_of_limits(std::span<const CoordinateColumns> columns, const EnvelopeBox& ranges,
                          std::span<const double> limit) {
    EnvelopeBox box = ranges;
    for (std::size_t k = 0; k < columns.size(); ++k) {
        if (columns[k].up >= 0) box.upper[k] = watt_per_kilowatt * limit[static_cast<std::size_t>(columns[k].up)];
        if (columns[k].down >= 0) box.lower[k] = -watt_per_kilowatt * limit[static_cast<std::size_t>(columns[k].down)];
    }
    return box;
}

std::vector<double> worst_corner(const SecurityRows& rows, int row, std::span<const CoordinateColumns> columns) {
    const PackingRows& entries = rows.rows();
    const RowKind kind = rows.limits()[static_cast<std::size_t>(rows.limit_of_row(row))].kind;
    std::vector<double> share(columns.size(), kind == RowKind::voltage_min ? 0.0 : 1.0);
    const auto has = [&](std::int32_t column) {
        return std::binary_search(entries.column.begin() + entries.start[row],
                                  entries.column.begin() + entries.start[row + 1], column);
    };
    const std::vector<double> of_error = rows.passive_effects(row);
    for (std::size_t k = 0; k < columns.size(); ++k) {
        const CoordinateColumns& of = columns[k];
        const auto whose = static_cast<std::size_t>(of.of);
        if (of.error) {
            if (of_error[whose] != 0) share[k] = of_error[whose] > 0 ? 1 : 0;
            continue;
        }
        if (of.up < 0 && of.down < 0) share[k] = rows.worst_injecting(row, whose) ? 1 : 0;
        if (of.up >= 0 && has(of.up)) share[k] = 1.0;
        if (of.down >= 0 && has(of.down)) share[k] = 0.0;
    }
    return share;
}

std::optional<AcRow> linearised(const EnvelopePoints& points, int point, std::int32_t limit,
                                std::span<const double> slope, double allowance) {
    if (!points.converged(point)) return {};
    if (std::any_of(slope.begin(), slope.end(), [](double s) { return std::isnan(s); })) return {};
    const std::vector<double> x = points.injections(point);
    const std::span<const double> share = points.share(point);
    const EnvelopeBox& box = points.box(points.step_of(point));
    AcRow row{limit, {share.begin(), share.end()}, {slope.begin(), slope.end()}, 0};
    for (std::size_t k = 0; k < x.size(); ++k)
        if (share[k] != (slope[k] > 0 ? 1.0 : 0.0) && box.width(k) > 0) row.slope[k] = 0;
    row.room = allowance - points.excess(point)[static_cast<std::size_t>(limit)];
    for (std::size_t k = 0; k < x.size(); ++k) row.room += row.slope[k] * x[k];
    return row;
}

SplitAcRow split(const AcRow& row, std::span<const CoordinateColumns> columns, const EnvelopeBox& box,
                 std::span<const double> cap, double dust) {
    SplitAcRow result{{}, row.room};
    double largest = 0;
    for (std::size_t k = 0; k < columns.size(); ++k) {
        const double slope = row.slope[k];
        const std::int32_t column = slope > 0 ? columns[k].up : columns[k].down;
        if (column < 0) {
            result.room -= slope > 0 ? slope * box.upper[k] : slope * box.lower[k];
        } else if (slope != 0) {
            result.entries.emplace_back(column, std::abs(slope) * watt_per_kilowatt);
            largest = std::max(largest, result.entries.back().second);
        }
    }
    std::sort(result.entries.begin(), result.entries.end());
    double dust_room = 0;
    for (const auto& [column, value] : result.entries)
        if (value < dust * largest) dust_room += value * cap[static_cast<std::size_t>(column)];
    if (dust_room > 0.5 * result.room) return result;
    result.room -= dust_room;
    std::erase_if(result.entries, [&](const auto& entry) { return entry.second < dust * largest; });
    return result;
}

}  // namespace headroom
