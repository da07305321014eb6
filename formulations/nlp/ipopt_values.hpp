#pragma once

#include <cstddef>
#include <span>

namespace headroom {

/// Ipopt takes 1e19 and more for infinite.
inline constexpr double ipopt_infinity = 2e19;

/// Ipopt's arrays, as it hands them over.
inline std::span<const double> view(const double* values, int count) {
    return {values, static_cast<std::size_t>(count)};
}
inline std::span<double> view(double* values, int count) { return {values, static_cast<std::size_t>(count)}; }

}  // namespace headroom
