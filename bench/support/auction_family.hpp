#pragma once

#include <cstdint>
#include <vector>

#include "bench/support/filling_problem.hpp"
#include "solver/convex/convex_problem.hpp"

namespace headroom::bench {

/// Auctions of a feeder's room, one per step: random orders, each for up to some kW more of one limit at a price in
/// whole cents, so that many tie. Every step is the same matrix with other numbers.
///
///     maximise  price'x    subject to    A_{:,limit of order} x <= room of the step,    0 <= x <= quantity
class AuctionFamily {
public:
    enum class Changes {
        room,    ///< from step to step only the room, the orders stay
        orders,  ///< and all prices and quantities too
    };

    AuctionFamily(const FillingProblem& problem, Changes changes, int order_count);

    Changes changes() const { return changes_; }
    std::size_t size() const { return values_.size(); }
    ConvexProblem problem(std::size_t step) const { return {structure_, values_[step]}; }
    const ConvexValues& values(std::size_t step) const { return values_[step]; }

private:
    void make_rows(const PackingRows& rows);
    void draw_orders(std::uint64_t seed, ConvexValues& values) const;

    Changes changes_;
    std::vector<int> limit_;  ///< [#order]
    ConvexStructure structure_;
    std::vector<double> row_value_;
    std::vector<ConvexValues> values_;  ///< [#step]
};

}  // namespace headroom::bench
