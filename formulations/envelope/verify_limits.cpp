#include "formulations/envelope/verify_limits.hpp"

#include <algorithm>

namespace headroom {

std::vector<RowExcess> rows_beyond(const PackingRows& rows, Strided room, Strided used, double tolerance_kw) {
    std::vector<RowExcess> found;
    for (int r = 0; r < rows.row_count(); ++r) {
        const auto row = static_cast<std::size_t>(r);
        const double over = used[row] - room[row];
        if (over <= 0) continue;
        double largest = 0;
        for (int e = rows.start[r]; e < rows.start[r + 1]; ++e) largest = std::max(largest, rows.value[e]);
        // What is not a number is not secure. A row without entries is passed by the base case alone.
        if (largest == 0 || !(over <= tolerance_kw * largest))
            found.push_back({r, largest > 0 ? over / largest : over});
    }
    return found;
}

std::vector<RowExcess> verify_limits(const PackingRows& rows, Strided room, Strided w, double tolerance_kw) {
    std::vector<double> used(static_cast<std::size_t>(rows.row_count()), 0.0);
    for (int r = 0; r < rows.row_count(); ++r)
        for (int e = rows.start[r]; e < rows.start[r + 1]; ++e)
            used[static_cast<std::size_t>(r)] += rows.value[e] * w[static_cast<std::size_t>(rows.column[e])];
    return rows_beyond(rows, room, {used.data()}, tolerance_kw);
}

}  // namespace headroom
