#pragma once

#include <cstdint>
#include <span>

#include "solver/packing/filling.hpp"
#include "solver/packing/packing_item.hpp"
#include "solver/simplex/dual_simplex.hpp"

namespace headroom {

/// Of all answers of equal worth the one with the smallest squares.
struct PackingTie {
    const double* quadratic;  ///< [#limit] > 0: the squares are  1/2 sum_c quadratic_c w_c^2
    double* price;            ///< [#row] out: multipliers of  linear'w + weight squares  at w, if weight > 0
    double weight = 0;        ///< out: of the squares: w is the answer with them; 0: not found
};

/// A weight of the squares, and what they may cost of 1 + |linear'w|: next to nothing where the weight is small enough.
struct TieWeight {
    double weight, slack;
};

/// Linear sharing by a warm simplex method: minimise linear'w over all rows of a plan, every problem going on from the
/// basis of the one before. packing_program.md says when it is the faster one.
///
/// An answer depends on the list of problems where its optimum is not unique, and in its last bits; never on threads.
class PackingSimplex {
public:
    /// Whether A is small enough for passes over all of it.
    static bool fits(const PackingRows& rows);

    /// @param plan  must outlive this
    explicit PackingSimplex(const FillingPlan& plan);

    /// Problems that the method gives up are not solved in `outcomes`, and their arrays hold nothing of use.
    void solve(std::span<const PackingItem> items, std::span<PackingOutcome> outcomes, int threads) const;
    /// Settles ties as well.
    /// @param weights  of the squares, tried in this order
    void solve(std::span<const PackingItem> items, std::span<PackingOutcome> outcomes, std::span<PackingTie> ties,
               std::span<const TieWeight> weights, int threads) const;

private:
    class Chain;

    const FillingPlan& plan_;
    DualSimplex first_;  ///< with an empty basis: chains begin as copies
};

}  // namespace headroom
