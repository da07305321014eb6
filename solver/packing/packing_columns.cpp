#include "solver/packing/packing_columns.hpp"

#include <algorithm>

namespace headroom {

PackingColumns::PackingColumns(const PackingRows& rows)
    : start_(static_cast<std::size_t>(rows.limit_count) + 1, 0), row_(rows.column.size()), value_(rows.value.size()) {
    for (const std::int32_t column : rows.column) ++start_[static_cast<std::size_t>(column) + 1];
    for (std::size_t c = 1; c < start_.size(); ++c) start_[c] += start_[c - 1];
    std::vector<std::size_t> next(start_.begin(), start_.end() - 1);
    for (int r = 0; r < rows.row_count(); ++r)
        for (int e = rows.start[r]; e < rows.start[r + 1]; ++e) {
            const std::size_t place = next[static_cast<std::size_t>(rows.column[e])]++;
            row_[place] = r;
            value_[place] = rows.value[e];
        }
}

double largest_entry(const PackingRows& rows, int row) {
    double largest = 0;
    for (int e = rows.start[row]; e < rows.start[row + 1]; ++e) largest = std::max(largest, rows.value[e]);
    return largest;
}

std::vector<double> rest_of_rows(const PackingRows& rows, std::span<const double> room, std::span<const double> w) {
    std::vector<double> rest(room.begin(), room.end());
    for (int r = 0; r < rows.row_count(); ++r) {
        double used = 0;
        for (int e = rows.start[r]; e < rows.start[r + 1]; ++e) used += rows.value[e] * w[rows.column[e]];
        rest[r] -= used;
    }
    return rest;
}

void raise_limits(const PackingColumns& columns, std::span<const double> upper, std::span<double> rest,
                  std::span<double> w) {
    for (std::size_t c = 0; c < w.size(); ++c) {
        const auto rows = columns.rows(c);
        const auto values = columns.values(c);
        double rise = upper[c] - w[c];
        for (std::size_t k = 0; k < rows.size() && rise > 0; ++k) rise = std::min(rise, rest[rows[k]] / values[k]);
        if (!(rise > 0)) continue;
        w[c] = std::min(w[c] + rise, upper[c]);
        for (std::size_t k = 0; k < rows.size(); ++k) rest[rows[k]] -= values[k] * rise;
    }
}

}  // namespace headroom
