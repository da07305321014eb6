#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>

namespace headroom::bench {

/// Largest |a - b|; infinity where the lengths differ or a NaN meets a number. Two NaN agree: both sides published
/// nothing.
inline double largest_difference(std::span<const double> a, std::span<const double> b) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    if (a.size() != b.size()) return infinity;
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (std::isnan(a[i]) && std::isnan(b[i])) continue;
        const double difference = std::abs(a[i] - b[i]);
        if (!(difference <= largest)) largest = std::isnan(difference) ? infinity : difference;
    }
    return largest;
}

/// What every benchmark asks before it starts its clock: wrong answers are not timed.
inline bool agrees(std::span<const double> a, std::span<const double> b, double tolerance) {
    return largest_difference(a, b) <= tolerance;
}

}  // namespace headroom::bench
