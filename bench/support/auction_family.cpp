#include "bench/support/auction_family.hpp"

#include <cmath>

namespace headroom::bench {
namespace {

constexpr double quantity_max = 8;  // kW
constexpr int cents_max = 30;       // per kW

/// Splitmix64, the same in every standard library.
std::uint64_t scattered(std::uint64_t& state) {
    std::uint64_t value = (state += 0x9E3779B97F4A7C15U);
    value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
    value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
    return value ^ (value >> 31U);
}

}  // namespace

AuctionFamily::AuctionFamily(const FillingProblem& problem, Changes changes, int order_count) : changes_(changes) {
    std::uint64_t state = 1;
    const auto limits = static_cast<std::uint64_t>(problem.rows().limit_count);
    for (int k = 0; k < order_count; ++k) limit_.push_back(static_cast<int>(scattered(state) % limits));
    structure_.variable_count = order_count;
    make_rows(problem.rows());
    for (std::size_t step = 0; step < problem.size(); ++step) {
        ConvexValues values;
        draw_orders(changes == Changes::room ? 7 : 7 + step, values);
        values.row_value = row_value_;
        values.row_lower.assign(static_cast<std::size_t>(structure_.row_count()), -no_bound);
        values.row_upper.assign(problem.room(step).begin(), problem.room(step).end());
        values_.push_back(std::move(values));
    }
    ConvexProblem first{structure_, values_.front()};
    first.find_sides();
    structure_ = first.structure;
}

void AuctionFamily::make_rows(const PackingRows& rows) {
    std::vector<double> full(static_cast<std::size_t>(rows.limit_count));
    for (int r = 0; r < rows.row_count(); ++r) {
        full.assign(full.size(), 0.0);
        for (int e = rows.start[r]; e < rows.start[r + 1]; ++e) full[rows.column[e]] = rows.value[e];
        for (std::size_t k = 0; k < limit_.size(); ++k) {
            if (full[limit_[k]] == 0) continue;
            structure_.rows.column.push_back(static_cast<std::int32_t>(k));
            row_value_.push_back(full[limit_[k]]);
        }
        structure_.rows.start.push_back(structure_.rows.entry_count());
    }
}

void AuctionFamily::draw_orders(std::uint64_t seed, ConvexValues& values) const {
    std::uint64_t state = seed;
    for (std::size_t k = 0; k < limit_.size(); ++k) {
        values.linear.push_back(-static_cast<double>(1 + scattered(state) % cents_max));
        values.lower.push_back(0);
        values.upper.push_back(std::ldexp(static_cast<double>(scattered(state) >> 11U), -53) * quantity_max);
    }
}

}  // namespace headroom::bench
