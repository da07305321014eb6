#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "formulations/market/bound_proof.hpp"
#include "formulations/market/feeder_market.hpp"
#include "solver/convex/convex_problem.hpp"

namespace headroom {

/// An order that takes part in an auction, in one of its steps.
struct AuctionLeg {
    std::int32_t order;  ///< row of /order
    std::int32_t step, position;
    double quantity;             ///< kW
    double value;                ///< of all of it, currency: what a buyer pays at most, minus what a seller asks
    bool raises;                 ///< its position
    std::int32_t variable = -1;  ///< of the program
    double share = 0;            ///< kW per unit of the variable: 1, or the quantity where the variable is a yes or no
};

/// The orders of some steps as a program (auction.md):
///
///     maximise    sum_o value_o x_o / quantity_o
///     subject to  sum_o +-C_r x_o <= rest_r                of every row and step                                (1)
///                 floor <= level + sum_o +-x_o <= cap       of every position and step                           (2)
///                 blocks, all-or-none orders, smallest acceptances, exclusive groups, parents                    (3)
///
/// Rows that no acceptance can reach are left out.
struct AuctionProgram {
    ConvexProblem problem;  ///< minimises, in currency
    std::vector<int> integer;
    std::vector<AuctionLeg> legs;
    /// Which order in which step each integer is about; of a block its first leg.
    struct Answer {
        std::int32_t order, step;
    };
    std::vector<Answer> answers;  ///< [#integer]
    /// Where a row of the problem comes from.
    struct Row {
        AuctionRow origin;
        std::int32_t step;   ///< -1: a group or parent
        std::int32_t index;  ///< row of the market, position, traded limit, order, group, child
    };
    std::vector<Row> rows;  ///< [#row of the problem]
};

struct AuctionRules {
    bool network = true;   ///< false: (1) left out, for comparisons
    bool balance = false;  ///< bought = sold, of each limit and step: a pure exchange. Always so for set-points
};

/// @param legs  of a set of steps that no link leaves
AuctionProgram auction_program(const FeederMarket& market, const OrderColumns& orders, std::vector<AuctionLeg> legs,
                               const AuctionRules& rules);

}  // namespace headroom
