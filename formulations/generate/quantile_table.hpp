#pragma once

#include <array>
#include <cstddef>

namespace headroom {

/// A distribution by its quantiles, linear between them: how measured numbers are kept and drawn from.
template <std::size_t N> struct QuantileTable {
    std::array<double, N> share;  ///< rising from 0 to 1
    std::array<double, N> value;  ///< not falling

    /// Value below which a share u of all lies. @pre 0 <= u < 1
    constexpr double at(double u) const {
        std::size_t k = 1;
        while (k + 1 < N && u >= share[k]) ++k;
        return value[k - 1] + (value[k] - value[k - 1]) * ((u - share[k - 1]) / (share[k] - share[k - 1]));
    }
};

}  // namespace headroom
