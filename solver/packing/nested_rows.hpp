#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace headroom {

/// The rows of a packing problem written through sums that they have in common, so that A need not be written down:
///
///     x_k = sum_c S_kc w_c + sum_{l < k} S_kl x_l,        A w = R (w, x)                                        (1)
///
/// Path sums over a tree have rows x limits entries in A, but a few dozen per node in (1). Entries of S and R may have
/// any sign (differences along a path); those of A are still >= 0, up to rounding.
struct NestedRows {
    /// Compressed rows; column c < limit_count is limit c, limit_count + k is sum k.
    struct Part {
        std::vector<std::int32_t> start{0};
        std::vector<std::int32_t> column;
        std::vector<double> value;

        int count() const { return static_cast<int>(start.size()) - 1; }
        void add(std::int32_t entry_column, double entry) {
            column.push_back(entry_column);
            value.push_back(entry);
        }
        void end() { start.push_back(static_cast<std::int32_t>(column.size())); }
    };

    int limit_count = 0;
    Part sum;  ///< S; sum k uses limits and sums before k
    Part row;  ///< R

    int row_count() const { return row.count(); }
    int sum_count() const { return sum.count(); }
    std::size_t entry_count() const { return sum.column.size() + row.column.size(); }
};

using RowEntries = std::vector<std::pair<std::int32_t, double>>;

/// Row r of A: columns increasing, what is below `rounding` of its largest entry left out.
RowEntries written_out(const NestedRows& nested, int row, double rounding = 1e-13);

/// A w. @param w  [#limit]
std::vector<double> multiplied(const NestedRows& nested, std::span<const double> w);

/// The same A for some of the rows, through as few sums as pay: a sum that one other alone uses, or that is a multiple
/// of a single limit or sum, is put in where it stood.
NestedRows with_rows(const NestedRows& nested, std::span<const std::int32_t> rows);

/// The same A for some of the limits, counted in units: entry times unit. Other limits are as if they were 0.
/// @param place  [#limit] the new column of each limit, or -1
NestedRows with_limits(const NestedRows& nested, std::span<const std::int32_t> place, int count, double unit);

}  // namespace headroom
