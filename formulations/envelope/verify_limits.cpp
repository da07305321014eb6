#include "formulations/envelope/verify_limits.hpp"

#include "solver/packing/packing_columns.hpp"

namespace headroom {

namespace {

/// @param entry_of  the entry of a row that its excess is counted in; 0: it has none
template <class EntryOf>
std::vector<RowExcess> rows_beyond(int row_count, Strided room, Strided used, double tolerance_kw,
                                   const EntryOf& entry_of) {
    std::vector<RowExcess> found;
    for (int r = 0; r < row_count; ++r) {
        const auto row = static_cast<std::size_t>(r);
        const double over = used[row] - room[row];
        if (over <= 0) continue;
        const double largest = entry_of(r);
        // What is not a number is not secure. A row without entries is passed by the base case alone.
        if (largest == 0 || !(over <= tolerance_kw * largest))
            found.push_back({r, largest > 0 ? over / largest : over});
    }
    return found;
}

}  // namespace

std::vector<RowExcess> rows_beyond(const PackingRows& rows, Strided room, Strided used, double tolerance_kw) {
    return rows_beyond(rows.row_count(), room, used, tolerance_kw, [&](int row) { return largest_entry(rows, row); });
}

std::vector<RowExcess> rows_beyond(const SummedRows& rows, Strided room, Strided used, double tolerance_kw) {
    return rows_beyond(rows.nested.row_count(), room, used, tolerance_kw,
                       [&](int row) { return rows.large_entry[static_cast<std::size_t>(row)]; });
}

std::vector<RowExcess> verify_limits(const PackingRows& rows, Strided room, Strided w, double tolerance_kw) {
    std::vector<double> used(static_cast<std::size_t>(rows.row_count()), 0.0);
    for (int r = 0; r < rows.row_count(); ++r)
        for (int e = rows.start[r]; e < rows.start[r + 1]; ++e)
            used[static_cast<std::size_t>(r)] += rows.value[e] * w[static_cast<std::size_t>(rows.column[e])];
    return rows_beyond(rows, room, {used.data()}, tolerance_kw);
}

}  // namespace headroom
