#include "formulations/generate/day_shape.hpp"

#include <array>
#include <cmath>
#include <cstddef>

namespace headroom {
namespace {

constexpr std::int64_t solstice_day = 11'129;  // 2000-06-21
constexpr double days_of_year = 365.2425;

/// Values at the middle of each hour of a day.
using HourTable = std::array<double, 24>;

constexpr HourTable summer_load{.32, .39, .28, .27,  .30,  .31,  .57,  1.21, 1.16, 1.06, .97,  1.01,
                                .90, .79, .90, 1.06, 1.41, 1.56, 1.63, 1.57, 1.37, 2.04, 1.76, 1.15};
constexpr HourTable winter_load{.36, .30, .30, .27,  .27,  .30,  .51,  .86,  1.03, .96,  1.03, .90,
                                .91, .85, .89, 1.04, 1.19, 1.77, 1.87, 2.10, 1.86, 1.96, 1.53, .94};
/// Of the day measured on the 22 kV side of an Australian substation, thousandths.
constexpr HourTable voltage_thousandths{0.0, 0.7, 1.3, 1.3, 1.3, 0.5,  -0.7, -0.7, -0.3, 0.2,  1.1,  2.5,
                                        1.5, 1.4, 2.8, 1.8, 0.5, -0.6, -2.6, -4.0, -4.1, -3.5, -3.2, -1.5};
constexpr HourTable price{.85, .80, .78, .77, .80, .90,  1.10, 1.30, 1.25, 1.05, .90,  .75,
                          .65, .60, .62, .75, .95, 1.25, 1.60, 1.70, 1.45, 1.20, 1.05, .92};

double at_hour(const HourTable& table, double hour) {
    const double place = hour >= 0.5 ? hour - 0.5 : hour + 23.5;
    const auto before = static_cast<std::size_t>(place);
    const double past = place - static_cast<double>(before);
    return table[before % 24] + (table[(before + 1) % 24] - table[before % 24]) * past;
}

double season_of(std::int64_t day) {
    const auto since = static_cast<double>(day - solstice_day);
    const double year = since / days_of_year;
    const double from_solstice = std::abs(year - std::floor(year + 0.5)) * 4;  // in quarters of a year, 0 to 2
    return from_solstice <= 1 ? 1 - from_solstice * from_solstice : (2 - from_solstice) * (2 - from_solstice) - 1;
}

}  // namespace

Moment moment(std::int64_t start, std::int64_t step_seconds) {
    const std::int64_t middle = start + step_seconds / 2;
    const std::int64_t second = ((middle % seconds_of_day) + seconds_of_day) % seconds_of_day;
    const std::int64_t day = (middle - second) / seconds_of_day;
    return {day, static_cast<double>(second) / 3600, season_of(day)};
}

double load_shape(const Moment& moment) {
    const double summer = (1 + moment.season) / 2;
    return summer * at_hour(summer_load, moment.hour) + (1 - summer) * at_hour(winter_load, moment.hour);
}

double load_season(const Moment& moment) { return 1 + 0.0785 * (1 - moment.season); }

double clear_sky(const Moment& moment, double delay) {
    const double noon = 12.5 + delay, half_day = 6 + 2.2 * moment.season;
    const double place = (moment.hour - noon) / half_day, height = 1 - place * place;
    if (height <= 0) return 0;
    return (0.72 + 0.2 * moment.season) * height * height;
}

double voltage_shape(const Moment& moment) { return 1e-3 * at_hour(voltage_thousandths, moment.hour); }

double price_shape(const Moment& moment) { return at_hour(price, moment.hour); }

}  // namespace headroom
