#pragma once

#include <cmath>
#include <cstddef>
#include <span>

namespace headroom {

/// a'b in four partial sums, always in the same order.
inline double dot_of(std::span<const double> a, std::span<const double> b) {
    double part[4] = {0, 0, 0, 0};
    std::size_t k = 0;
    for (; k + 4 <= a.size(); k += 4)
        for (std::size_t i = 0; i < 4; ++i) part[i] += a[k + i] * b[k + i];
    for (; k < a.size(); ++k) part[0] += a[k] * b[k];
    return (part[0] + part[1]) + (part[2] + part[3]);
}

/// Largest magnitude, 0 of nothing.
inline double largest_of(std::span<const double> a) {
    double part[4] = {0, 0, 0, 0};
    std::size_t k = 0;
    for (; k + 4 <= a.size(); k += 4)
        for (std::size_t i = 0; i < 4; ++i) {
            const double size = std::abs(a[k + i]);
            part[i] = size > part[i] ? size : part[i];
        }
    for (; k < a.size(); ++k) part[0] = std::abs(a[k]) > part[0] ? std::abs(a[k]) : part[0];
    for (const double other : {part[1], part[2], part[3]}) part[0] = other > part[0] ? other : part[0];
    return part[0];
}

}  // namespace headroom
