#pragma once

#include <cstdint>

namespace headroom {

inline constexpr std::int64_t seconds_of_day = 86'400;

/// When a step is, as shapes of days ask for it. All of it by sums and products, no library function.
struct Moment {
    std::int64_t day;  ///< since 1970-01-01
    double hour;       ///< of the day, UTC, at the middle of the step, in [0, 24)
    double season;     ///< 1 in midsummer, -1 in midwinter, parabolas between
};

Moment moment(std::int64_t start, std::int64_t step_seconds);

/// Consumption of households over the mean of their day, at an hour: summer's and winter's shape mixed by season.
double load_shape(const Moment& moment);

/// Mean consumption of a household over what it is in midsummer.
double load_season(const Moment& moment);

/// What panels give under a clear sky over their peak power, in [0, 1). @param delay  h, by which they see the sun late
double clear_sky(const Moment& moment, double delay);

/// Voltage of the medium-voltage network over its mean, less 1, as the load of the day moves it.
double voltage_shape(const Moment& moment);

/// Price of energy over its mean.
double price_shape(const Moment& moment);

}  // namespace headroom
