#include "solver/statistics/wilson_interval.hpp"

#include <cassert>
#include <cmath>

namespace headroom {

Interval wilson_interval(std::int64_t successes, std::int64_t trials) {
    assert(trials > 0 && successes >= 0 && successes <= trials);
    constexpr double z = 1.9599639845400545;  // normal quantile of 0.975
    const auto n = static_cast<double>(trials);
    const double p = static_cast<double>(successes) / n;
    const double centre = p + z * z / (2 * n), scale = 1 + z * z / n;
    const double reach = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    return {successes == 0 ? 0.0 : (centre - reach) / scale, successes == trials ? 1.0 : (centre + reach) / scale};
}

}  // namespace headroom
