#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "formulations/flow/security_rows.hpp"
#include "formulations/market/market_kernel.hpp"
#include "solver/lanes/lane_count.hpp"

namespace headroom {

/// What trades move, and what limits them, on one feeder: rows C w <= h over positions w in kW (kvar).
///
/// A position is something an order adds to or takes from: a limit of an envelope (limit exchange), or the injection of
/// a customer (set-points). A trade of q between positions b and s takes q (C_rb - C_rs) from the rest of row r, and
///
///     q <= rest_r / (C_rb - C_rs)   for every row where the difference is positive                              (1)
///
/// is all that security asks of it: limits are boxes inside split rows (security_rows.md), so (1) keeps every point of
/// the box secure. Each row is scaled by a power of two that brings its largest entry to between one half and one.
class MarketRows {
public:
    /// Positions are the columns of the split rows: export limits, import limits, reactive limits.
    static MarketRows of_rows(const PackingRows& rows);
    /// Positions are the injections of the active customers, C their signed coefficients. Precondition: the base case
    /// holds the forecast of these customers too (Basis::added).
    /// @param columns  [#column of rows]
    static MarketRows of_injections(const PackingRows& rows, std::span<const LimitColumn> columns,
                                    std::size_t active_count);

    int row_count() const { return row_count_; }
    int position_count() const { return position_count_; }
    std::size_t rest_size() const { return stride_; }  ///< length of a `rest`: rows, padded to whole lanes
    double scale(int row) const { return scale_[static_cast<std::size_t>(row)]; }
    double largest(int row) const { return largest_[static_cast<std::size_t>(row)]; }  ///< |entry|, scaled; 0: none
    double entry(int position, int row) const {
        return is_dense_ ? column(position)[row] : sparse_entry(position, row);
    }
    /// The entries of a position, rows increasing.
    std::span<const std::int32_t> entry_rows(int position) const { return part(entry_row_, position); }
    std::span<const double> entries(int position) const { return part(entry_, position); }
    /// C w, scaled. @param w  [#position]  @param used  [#row] out
    void multiply(std::span<const double> w, std::span<double> used) const;

    struct Room {
        double quantity;  ///< largest q of (1), +inf where no row stands in the way; below zero if a row is violated
        int row;          ///< that stops it, -1: none
    };
    /// (1) for more of position `up` and less of position `down`; either may be -1: nothing.
    /// @param rest  [rest_size()] scaled, of a LaneArray
    Room room(const double* rest, int up, int down) const;
    /// Whether row `row` alone leaves less than `quantity`.
    bool stops(const double* rest, int row, int up, int down, double quantity) const {
        const double difference = entry(up, row) - entry(down, row);
        return difference > market_dust && rest[row] < quantity * difference;
    }
    /// Takes the trade from the rest of the rows.
    void take(double* rest, int up, int down, double quantity) const;
    /// The same where room is kept for a trade that may or may not be called: rows that it would relieve gain nothing.
    void reserve(double* rest, int up, int down, double quantity) const;

private:
    template <class T> std::span<const T> part(const std::vector<T>& all, int position) const {
        const std::size_t begin = start_[static_cast<std::size_t>(position)],
                          end = start_[static_cast<std::size_t>(position) + 1];
        return std::span<const T>(all).subspan(begin, end - begin);
    }
    struct Entry {
        std::int32_t row;
        double value;
    };
    void finish(std::vector<std::vector<Entry>> columns);
    const double* column(int position) const {
        return dense_.data() + static_cast<std::size_t>(position < 0 ? position_count_ : position) * stride_;
    }
    double sparse_entry(int position, int row) const;
    template <class Visit> void visit_difference(int up, int down, Visit&& visit) const;

    int row_count_ = 0, position_count_ = 0;
    std::vector<double> scale_, largest_;
    std::vector<std::size_t> start_{0};
    std::vector<std::int32_t> entry_row_;
    std::vector<double> entry_;
    bool is_dense_ = false;   // most rows know most positions: columns written out, padded to whole lanes
    std::size_t stride_ = 0;  // rows, padded
    LaneArray dense_;         // [#position + 1][stride_]; the last one is zero
};

}  // namespace headroom
