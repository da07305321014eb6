#pragma once

#include <span>

#include "solver/packing/packing_rows.hpp"

namespace headroom {

/// What one limit is good for: cost(w) = linear w + 1/2 quadratic w^2 + weight term(w), term(w) = -log(w) for
/// exponent 1, -w^(1-a) / (1-a) for another a > 0; no term where weight is 0.
struct LimitCost {
    double linear = 0, quadratic = 0, weight = 0, exponent = 1;
};

/// How far limits w are from the best under A w <= room, lower <= w <= upper, by weak duality: whatever the prices y >=
/// 0,
///
///     gap = sum_c max over v in [lower_c, upper_c] of cost(w_c) + (A'y)_c w_c - cost(v) - (A'y)_c v
///           + sum_r y_r (room_r - (A w)_r)                                                                    (1)
///
/// is at least cost(w) - cost(best). Computed without any code of the solver.
struct PackingCertificate {
    double row_violation = 0;    ///< largest (A w - room) / (largest entry of the row), unit of w; <= 0: inside
    double bound_violation = 0;  ///< largest excess over upper or shortfall under lower, and of a price below zero
    double gap = 0;              ///< (1); NaN if anything is not a number
    double objective = 0;        ///< cost(w), summed

    double gap_relative() const;  ///< gap / (1 + |objective|)
};

PackingCertificate check_packing(const PackingRows& rows, std::span<const double> room, std::span<const double> lower,
                                 std::span<const double> upper, std::span<const LimitCost> cost,
                                 std::span<const double> w, std::span<const double> price);

}  // namespace headroom
