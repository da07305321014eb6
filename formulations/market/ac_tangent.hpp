#pragma once

#include <cstdint>
#include <vector>

#include "formulations/secure/envelope_box.hpp"

namespace headroom {

/// Coefficients are at most this much larger than derivatives (auction.md, (9)).
inline constexpr double steepest = 1.25;

/// A limit of the network linearised in AC, as far as prices and proofs of an auction name it, with what anybody needs
/// to make it again (auction.md, "In AC"). At the point where customers inject `power` beside the base case, the limit
/// is passed by `excess`; a limit w_k that holds customer k there moves it by `coefficient`:
///
///     sum_k |coefficient_k| (w_k - w_k before the market) <= rest                                         (1)
struct AcTangent {
    /// One coordinate of the point (EnvelopeCoordinate); those that inject nothing and move nothing are left out.
    struct Power {
        std::int32_t customer;  ///< row of /customer
        EnvelopeCoordinate::Kind kind;
        double power;        ///< W, V A beside the base case
        double coefficient;  ///< per W, V A; > 0: of the limit above (export, q_inject), < 0: of the one below; 0: none
    };
    std::int32_t step, feeder;
    std::int32_t row;  ///< of the row table
    double excess;     ///< per unit of base voltage or rating
    double rest;       ///< likewise: what the limits before the market leave; nobody makes worse what is below 0
    std::vector<Power> powers;
};

}  // namespace headroom
