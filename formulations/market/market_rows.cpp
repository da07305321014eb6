#include "formulations/market/market_rows.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "solver/lanes/simd_level.hpp"

namespace headroom {
namespace {

constexpr double worth_writing_out = 0.125;  // share of entries

}  // namespace

MarketRows MarketRows::of_rows(const PackingRows& a) {
    MarketRows market;
    market.row_count_ = a.row_count();
    std::vector<std::vector<Entry>> columns(static_cast<std::size_t>(a.limit_count));
    for (int r = 0; r < a.row_count(); ++r)
        for (int e = a.start[r]; e < a.start[r + 1]; ++e)
            columns[static_cast<std::size_t>(a.column[e])].push_back({r, a.value[e]});
    market.finish(std::move(columns));
    return market;
}

MarketRows MarketRows::of_injections(const PackingRows& a, std::span<const LimitColumn> columns,
                                     std::size_t active_count) {
    MarketRows market;
    market.row_count_ = a.row_count();
    std::vector<std::vector<Entry>> injections(active_count);
    for (int r = 0; r < a.row_count(); ++r)
        for (int e = a.start[r]; e < a.start[r + 1]; ++e) {
            const LimitColumn column = columns[static_cast<std::size_t>(a.column[e])];
            if (is_reactive(column.kind)) continue;
            const double sign = bounds_injection(column.kind) ? 1.0 : -1.0;
            injections[static_cast<std::size_t>(column.active)].push_back({r, sign * a.value[e]});
        }
    market.finish(std::move(injections));
    return market;
}

void MarketRows::finish(std::vector<std::vector<Entry>> columns) {
    position_count_ = static_cast<int>(columns.size());
    std::vector<double> largest(static_cast<std::size_t>(row_count_), 0.0);
    std::size_t entries = 0;
    for (const auto& column : columns) {
        entries += column.size();
        for (const Entry& e : column) {
            double& most = largest[static_cast<std::size_t>(e.row)];
            most = std::max(most, std::abs(e.value));
        }
    }
    scale_.resize(largest.size());
    largest_.assign(largest.size(), 0.0);
    for (std::size_t r = 0; r < largest.size(); ++r) {
        scale_[r] = largest[r] > 0 ? std::ldexp(1.0, -std::ilogb(largest[r]) - 1) : 1.0;
        largest_[r] = largest[r] * scale_[r];
    }
    for (const auto& column : columns) {
        for (const Entry& e : column) {
            entry_row_.push_back(e.row);
            entry_.push_back(e.value * scale_[static_cast<std::size_t>(e.row)]);
        }
        start_.push_back(entry_.size());
    }
    stride_ = (static_cast<std::size_t>(row_count_) + lane_count - 1) / lane_count * lane_count;
    is_dense_ = static_cast<double>(entries) > worth_writing_out * row_count_ * position_count_;
    if (!is_dense_) return;
    dense_.assign((columns.size() + 1) * stride_, 0.0);
    for (int p = 0; p < position_count_; ++p)
        for (std::size_t e = start_[static_cast<std::size_t>(p)]; e < start_[static_cast<std::size_t>(p) + 1]; ++e)
            dense_[static_cast<std::size_t>(p) * stride_ + static_cast<std::size_t>(entry_row_[e])] = entry_[e];
}

void MarketRows::multiply(std::span<const double> w, std::span<double> used) const {
    std::ranges::fill(used, 0.0);
    for (int p = 0; p < position_count_; ++p) {
        const auto rows = entry_rows(p);
        const auto values = entries(p);
        for (std::size_t e = 0; e < rows.size(); ++e)
            used[static_cast<std::size_t>(rows[e])] += values[e] * w[static_cast<std::size_t>(p)];
    }
}

/// Merges two sparse columns: every row that either has, with the difference of their entries.
template <class Visit> void MarketRows::visit_difference(int up, int down, Visit&& visit) const {
    const std::span<const std::int32_t> no_rows;
    const std::span<const double> no_values;
    const auto up_rows = up < 0 ? no_rows : entry_rows(up), down_rows = down < 0 ? no_rows : entry_rows(down);
    const auto up_values = up < 0 ? no_values : entries(up), down_values = down < 0 ? no_values : entries(down);
    std::size_t i = 0, j = 0;
    while (i < up_rows.size() || j < down_rows.size()) {
        if (j == down_rows.size() || (i < up_rows.size() && up_rows[i] < down_rows[j])) {
            visit(up_rows[i], up_values[i]);
            ++i;
        } else if (i == up_rows.size() || down_rows[j] < up_rows[i]) {
            visit(down_rows[j], -down_values[j]);
            ++j;
        } else {
            visit(up_rows[i], up_values[i] - down_values[j]);
            ++i;
            ++j;
        }
    }
}

MarketRows::Room MarketRows::room(const double* rest, int up, int down) const {
    if (is_dense_) {
        Room found{};
        run_kernel(MarketView{.rest = rest,
                              .up = column(up),
                              .down = column(down),
                              .row_count = static_cast<int>(stride_),
                              .quantity = &found.quantity,
                              .row = &found.row},
                   baseline::market_room_kernel, avx2::market_room_kernel, avx512::market_room_kernel);
        return found;
    }
    Room least{std::numeric_limits<double>::infinity(), -1};
    visit_difference(up, down, [&](std::int32_t row, double difference) {
        if (difference <= market_dust) return;
        const double quantity = rest[row] / difference;
        if (quantity < least.quantity) least = {quantity, row};
    });
    return least;
}

double MarketRows::sparse_entry(int position, int row) const {
    if (position < 0) return 0;
    const auto rows = entry_rows(position);
    const auto found = std::ranges::lower_bound(rows, row);
    return found != rows.end() && *found == row ? entries(position)[static_cast<std::size_t>(found - rows.begin())] : 0;
}

void MarketRows::take(double* rest, int up, int down, double quantity) const {
    if (is_dense_) {
        const double *more = column(up), *less = column(down);
        for (std::size_t r = 0; r < stride_; ++r) rest[r] -= (more[r] - less[r]) * quantity;
        return;
    }
    visit_difference(up, down, [&](std::int32_t row, double difference) { rest[row] -= difference * quantity; });
}

void MarketRows::reserve(double* rest, int up, int down, double quantity) const {
    if (is_dense_) {
        const double *more = column(up), *less = column(down);
        for (std::size_t r = 0; r < stride_; ++r) rest[r] -= std::max(more[r] - less[r], 0.0) * quantity;
        return;
    }
    visit_difference(up, down,
                     [&](std::int32_t row, double difference) { rest[row] -= std::max(difference, 0.0) * quantity; });
}

}  // namespace headroom
