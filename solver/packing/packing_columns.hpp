#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "solver/packing/packing_rows.hpp"

namespace headroom {

/// The entries of A by its columns: what stands in the way of each limit.
class PackingColumns {
public:
    explicit PackingColumns(const PackingRows& rows);

    /// Rows with an entry for limit c, increasing, and these entries.
    std::span<const std::int32_t> rows(std::size_t c) const { return part(row_, c); }
    std::span<const double> values(std::size_t c) const { return part(value_, c); }

private:
    template <class T> std::span<const T> part(const std::vector<T>& all, std::size_t c) const {
        return std::span<const T>(all).subspan(start_[c], start_[c + 1] - start_[c]);
    }
    std::vector<std::size_t> start_;  // [#limit + 1]
    std::vector<std::int32_t> row_;
    std::vector<double> value_;
};

double largest_entry(const PackingRows& rows, int row);  ///< 0 of a row without entries

/// room - A w of every row.
std::vector<double> rest_of_rows(const PackingRows& rows, std::span<const double> room, std::span<const double> w);

/// Raises every limit that can rise alone, one after the other, to its upper bound or until a row has no rest: an
/// interior-point answer is short of both by its tolerance. Whoever likes larger limits likes the result better.
/// @param rest  [#row] in: of w; out: of the raised w
void raise_limits(const PackingColumns& columns, std::span<const double> upper, std::span<double> rest,
                  std::span<double> w);

}  // namespace headroom
