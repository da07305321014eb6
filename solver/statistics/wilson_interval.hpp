#pragma once

#include <cstdint>

namespace headroom {

struct Interval {
    double lower, upper;
};

/// Wilson's score interval, which holds a probability with 95 % confidence after `successes` in `trials` independent
/// trials:
///
///     (p + z^2 / 2n -+ z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n),    p = successes / n, z = 1.96
///
/// Inside [0, 1]; its lower end is 0 without a success, its upper end 1 without a failure.
/// @pre  0 <= successes <= trials, trials > 0
/// @see  E. B. Wilson, J. American Statistical Association 22(158), 1927
Interval wilson_interval(std::int64_t successes, std::int64_t trials);

}  // namespace headroom
