#include "formulations/generate/customer_profile.hpp"

#include <algorithm>
#include <cmath>

#include "formulations/generate/quantile_table.hpp"

namespace headroom {
namespace {

/// Quarter-hours of a household over the shape of its day: generate.md, "Profiles".
constexpr QuantileTable<13> relative_load{{0, .01, .05, .1, .25, .5, .75, .9, .95, .98, .99, .995, 1},
                                          {.02, .07, .12, .165, .315, .64, 1.22, 2.27, 3.3, 4.9, 6, 7.3, 12}};
constexpr double stays = 0.48;  // chance that it is what it was: the measured correlation of neighbours

constexpr double car_power_w = 3000;
constexpr double session_share = 0.8;  // of days
constexpr QuantileTable<5> session_start{{0, .25, .5, .75, 1}, {15, 18.2, 20.5, 22.4, 24.5}};
constexpr QuantileTable<7> session_hours{{0, .1, .25, .5, .75, .9, 1}, {.25, .63, 1.17, 1.75, 2.92, 3.58, 7.25}};

double whole(double value) { return std::floor(value + 0.5); }

}  // namespace

double CustomerProfile::consumption(const Moment& moment) {
    if (relative_ < 0 || !random_.chance(stays)) relative_ = relative_load.at(random_.uniform());
    const double relative = 1 + traits_.spread * (relative_ - 1);
    return std::min(traits_.mean_load * load_season(moment) * load_shape(moment) * relative, traits_.load_max);
}

double CustomerProfile::car_power(const Moment& moment) {
    const auto draw = [this] {
        const double start = session_start.at(random_.uniform()), hours = session_hours.at(random_.uniform());
        return random_.chance(session_share) ? std::array{start, start + hours} : std::array{0.0, 0.0};
    };
    if (!car_drawn_ || moment.day != day_) {
        const auto yesterday = car_drawn_ ? std::array{session_[0], session_[1]} : draw();
        const auto today = draw();
        session_ = {today[0], today[1], yesterday[0] - 24, yesterday[1] - 24};
        day_ = moment.day;
        car_drawn_ = true;
    }
    const bool charging = (moment.hour >= session_[0] && moment.hour < session_[1])
                          || (moment.hour >= session_[2] && moment.hour < session_[3]);
    return charging ? car_power_w : 0;
}

CustomerProfile::Injection CustomerProfile::next(const Moment& moment, double sky) {
    const double load = consumption(moment);
    const double car = traits_.car ? car_power(moment) : 0;
    const double sun = traits_.pv_power > 0 ? traits_.pv_power * sky * clear_sky(moment, traits_.pv_delay) : 0;
    return {whole(sun - load - car), -whole(traits_.reactive_ratio * load)};
}

}  // namespace headroom
