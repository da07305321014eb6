#include "formulations/generate/feeder_series.hpp"

#include <algorithm>
#include <limits>

#include "formulations/generate/customer_profile.hpp"
#include "formulations/generate/quantile_table.hpp"
#include "formulations/generate/random_stream.hpp"

namespace headroom {
namespace {

/// Voltage of the medium-voltage network where the transformer stands, over its nominal: mean of the day.
constexpr QuantileTable<5> voltage_level{{0, .1, .5, .9, 1}, {.985, .992, 1.0, 1.012, 1.02}};
constexpr double voltage_noise = 0.002, voltage_stays = 0.8, phase_spread = 0.0006;

constexpr double mean_price = 80;  // per MWh

/// What clouds leave of the clear sky over a feeder: gloomier on some days than on others.
class Sky {
public:
    explicit Sky(RandomStream random) : random_(std::move(random)) {}

    double next(const Moment& moment) {
        constexpr double clouds_stay = 0.6;
        if (moment.day != day_) {
            day_ = moment.day;
            gloom_ = random_.between(0, 0.7);
            left_ = 1 - gloom_ * random_.uniform();
        } else if (!random_.chance(clouds_stay)) {
            left_ = 1 - gloom_ * random_.uniform();
        }
        return left_;
    }

private:
    RandomStream random_;
    std::int64_t day_ = std::numeric_limits<std::int64_t>::min();
    double gloom_ = 0, left_ = 1;
};

/// Magnitudes of the slack bus's phases, over nominal.
class SlackVoltage {
public:
    explicit SlackVoltage(RandomStream random) : random_(std::move(random)) {
        level_ = voltage_level.at(random_.uniform());
        swing_ = random_.between(0.5, 2);
        for (double& offset : offset_) offset = random_.between(-phase_spread, phase_spread);
    }

    std::array<double, 3> next(const Moment& moment) {
        if (!random_.chance(voltage_stays)) noise_ = random_.between(-voltage_noise, voltage_noise);
        const double mean = level_ + swing_ * voltage_shape(moment) + noise_;
        return {mean + offset_[0], mean + offset_[1], mean + offset_[2]};
    }

private:
    RandomStream random_;
    double level_, swing_, noise_ = 0;
    std::array<double, 3> offset_{};
};

void fill_slack(const GeneratorSettings& settings, const FeederPlan& plan, std::size_t row,
                std::span<const Moment> moments, const Region& region, SeriesSet& series) {
    constexpr std::array<double, 3> angles{0, -120, 120};
    SlackVoltage slack(RandomStream(settings.seed, plan.number, Purpose::slack));
    const double base = region.bus.base_voltage[static_cast<std::size_t>(region.feeder.slack_bus[row])];
    for (std::size_t t = 0; t < moments.size(); ++t) {
        const auto voltage = slack.next(moments[t]);
        const std::size_t first = (t * region.feeder_count() + row) * 3;
        for (std::size_t k = 0; k < 3; ++k) {
            series.slack_voltage[first + k] = voltage[k] * base;
            series.slack_angle[first + k] = angles[k];
        }
    }
}

/// A meter that was silent for a while: NaN in the forecast of the feeder's middle customer.
void make_gap(std::size_t customers, std::size_t steps, std::size_t first, std::size_t columns, SeriesSet& series) {
    for (std::size_t t = steps / 3; t <= steps / 2; ++t)
        series.p_forecast[t * columns + first + customers / 2] = not_given;
}

}  // namespace

void fill_series(const GeneratorSettings& settings, const FeederPlan& plan, std::size_t row,
                 std::span<const Moment> moments, std::span<const ProfileTraits> profile, const Region& region,
                 SeriesSet& series) {
    Sky sky(RandomStream(settings.seed, plan.number, Purpose::sky));
    std::vector<CustomerProfile> customers;
    customers.reserve(profile.size());
    for (std::size_t k = 0; k < profile.size(); ++k)
        customers.emplace_back(
            profile[k], RandomStream(settings.seed, plan.number, Purpose::profile, static_cast<std::uint32_t>(k)));
    const std::size_t columns = region.customer_count();
    const auto first = static_cast<std::size_t>(region.feeder.customer_offset[row]);
    for (std::size_t t = 0; t < moments.size(); ++t) {
        const double left = sky.next(moments[t]);
        for (std::size_t k = 0; k < customers.size(); ++k) {
            const auto injection = customers[k].next(moments[t], left);
            series.p_forecast[t * columns + first + k] = injection.p;
            series.q_forecast[t * columns + first + k] = injection.q;
        }
    }
    fill_slack(settings, plan, row, moments, region, series);
    if (plan.kind == FeederKind::gap) make_gap(profile.size(), moments.size(), first, columns, series);
}

std::vector<double> price_series(const GeneratorSettings& settings, std::span<const Moment> moments,
                                 std::size_t feeders) {
    constexpr double noise = 0.15;
    constexpr std::uint32_t no_feeder = std::numeric_limits<std::uint32_t>::max();
    RandomStream random(settings.seed, no_feeder, Purpose::price);
    std::vector<double> prices;
    for (const Moment& moment : moments) {
        const double price = mean_price * price_shape(moment) * random.between(1 - noise, 1 + noise);
        prices.insert(prices.end(), feeders, price);
    }
    return prices;
}

}  // namespace headroom
