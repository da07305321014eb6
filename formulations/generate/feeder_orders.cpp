#include "formulations/generate/feeder_orders.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "formulations/generate/random_stream.hpp"

namespace headroom {
namespace {

constexpr std::int64_t order_seconds = 7200;
constexpr double trades_in_period = 0.35;
constexpr double busy = 0.5;  ///< of its own highest use: from there on a customer wants more
constexpr double quantity_min = 50, quantity_unit = 10;  ///< W
constexpr std::array<double, 2> share_of_room{0.05, 0.3};
constexpr double expires = 0.1, microseconds_of_day = 86'400e6, microseconds_of_hour = 3600e6;

/// What else than its quantity an order asks for.
enum class Wish : std::uint8_t { nothing, whole, portions, at_once, at_once_or_nothing, block, either_or, follow_up };
constexpr std::array<double, 8> wish_share{.80, .05, .05, .04, .02, .02, .01, .01};

/// Prices per MWh, lowest and highest; by side within a limit.
struct PriceSpan {
    double low, high;
};
constexpr PriceSpan export_bid{40, 120}, import_bid{150, 400}, offer{5, 50};

/// What an order is about: so many steps, about two hours.
std::int64_t steps_of_order(const GeneratorSettings& settings) {
    return std::max<std::int64_t>(1, order_seconds / settings.step_seconds);
}

/// One customer's limit and what is known about it before there are envelopes.
struct Position {
    std::int32_t customer;  ///< of the feeder
    TradedLimit limit;
    double cap;               ///< W
    std::vector<double> use;  ///< [#period] W, largest forecast use of the cap; NaN: not known
    double use_max = 0;
    double bid = 0, ask = 0;  ///< per MWh
};

class FeederOrders {
public:
    FeederOrders(const GeneratorSettings& settings, const FeederPlan& plan, std::size_t row, const Region& region)
        : settings_(settings),
          plan_(plan),
          region_(region),
          series_(region.series.front()),
          first_(region.feeder.customer_offset[row]),
          count_(region.feeder.customer_offset[row + 1] - first_),
          period_(steps_of_order(settings)) {}

    OrderColumns draw() {
        for (std::int64_t k = 0; k < count_; ++k) {
            if (region_.customer.active[static_cast<std::size_t>(first_ + k)] == 0) continue;
            RandomStream random(settings_.seed, plan_.number, Purpose::orders, static_cast<std::uint32_t>(k));
            if (!random.chance(settings_.orders_share)) continue;
            for (const TradedLimit limit : {TradedLimit::export_power, TradedLimit::import_power}) {
                const Position position = take_position(static_cast<std::int32_t>(k), limit, random);
                for (std::size_t p = 0; p < position.use.size(); ++p)
                    if (random.chance(trades_in_period)) place(position, p, random);
            }
        }
        return std::move(orders_);
    }

private:
    Position take_position(std::int32_t customer, TradedLimit limit, RandomStream& random) const {
        const bool exports = limit == TradedLimit::export_power;
        const auto column = static_cast<std::size_t>(first_ + customer);
        Position position{};
        position.customer = customer;
        position.limit = limit;
        position.cap = exports ? region_.customer.export_cap[column] : region_.customer.import_cap[column];
        const auto steps = static_cast<std::int64_t>(series_.step_count());
        for (std::int64_t begin = 0; begin < steps; begin += period_) {
            double use = 0;
            for (std::int64_t t = begin; t < std::min(begin + period_, steps); ++t) {
                const double forecast =
                    series_.p_forecast[static_cast<std::size_t>(t) * region_.customer_count() + column];
                const double power = exports ? forecast : -forecast;
                if (power > use || std::isnan(power)) use = power;  // nothing is above what is not known
            }
            position.use.push_back(use);
            if (use > position.use_max) position.use_max = use;
        }
        const PriceSpan bid = exports ? export_bid : import_bid;
        position.bid = random.between(bid.low, bid.high);
        position.ask = random.between(offer.low, offer.high);
        return position;
    }

    /// A part of what is left of the cap; too little is nothing.
    static double quantity(const Position& position, std::size_t p, double share) {
        const double whole = quantity_unit * std::floor(share * (position.cap - position.use[p]) / quantity_unit);
        return whole >= quantity_min ? whole : 0;  // nothing too where the use is not known
    }

    void place(const Position& position, std::size_t p, RandomStream& random) {
        const auto wish = static_cast<Wish>(random.pick(wish_share));
        const double share = random.between(share_of_room[0], share_of_room[1]);
        const double power = quantity(position, p, share);
        if (power == 0) return;
        add(position, p, power, random);
        switch (wish) {
            case Wish::nothing: break;
            case Wish::whole: orders_.all_or_none.back() = 1; break;
            case Wish::portions: orders_.min_fill.back() = power / 2; break;
            case Wish::at_once: orders_.time_in_force.back() = TimeInForce::immediate_or_cancel; break;
            case Wish::at_once_or_nothing: orders_.time_in_force.back() = TimeInForce::fill_or_kill; break;
            case Wish::block: orders_.block.back() = blocks_++; break;
            case Wish::either_or:
            case Wish::follow_up: place_pair(position, p, share, wish, random);
        }
    }

    /// The order that was placed last becomes a block, and so does another of the same side two hours later: instead
    /// of the first, or half as much and only as far as the first is accepted.
    void place_pair(const Position& position, std::size_t p, double share, Wish wish, RandomStream& random) {
        orders_.block.back() = blocks_++;
        const bool later = p + 1 < position.use.size() && buys(position, p) == buys(position, p + 1);
        const double power = later ? quantity(position, p + 1, wish == Wish::follow_up ? share / 2 : share) : 0;
        if (power == 0) return;
        const auto first = static_cast<std::int32_t>(orders_.size()) - 1;
        if (wish == Wish::either_or) orders_.exclusive_group.back() = groups_;
        add(position, p + 1, power, random);
        orders_.block.back() = blocks_++;
        if (wish == Wish::either_or)
            orders_.exclusive_group.back() = groups_++;
        else
            orders_.parent.back() = first;
    }

    static bool buys(const Position& position, std::size_t p) {
        return position.use_max > 0 && position.use[p] >= busy * position.use_max;
    }

    void add(const Position& position, std::size_t p, double power, RandomStream& random) {
        const auto begin = static_cast<std::int64_t>(p) * period_;
        const auto steps = static_cast<std::int64_t>(series_.step_count());
        const bool buy = buys(position, p);
        const std::int64_t arrival =
            settings_.start * 1'000'000 - static_cast<std::int64_t>(random.between(0, microseconds_of_day));
        const auto stay = static_cast<std::int64_t>(random.between(microseconds_of_hour, microseconds_of_day));
        orders_.id.push_back(fmt::format("o{}", orders_.size() + 1));
        orders_.customer.push_back(position.customer);
        orders_.side.push_back(buy ? OrderSide::buy : OrderSide::sell);
        orders_.limit.push_back(position.limit);
        orders_.first_step.push_back(static_cast<std::int32_t>(begin));
        orders_.last_step.push_back(static_cast<std::int32_t>(std::min(begin + period_, steps) - 1));
        orders_.quantity.push_back(power);
        orders_.price.push_back(buy ? position.bid : position.ask);
        orders_.arrival.push_back(arrival);
        orders_.expiry.push_back(random.chance(expires) ? arrival + stay : OrderColumns::never);
        orders_.min_fill.push_back(0);
        orders_.all_or_none.push_back(0);
        orders_.time_in_force.push_back(TimeInForce::good_till_expiry);
        orders_.block.push_back(OrderColumns::none);
        orders_.exclusive_group.push_back(OrderColumns::none);
        orders_.parent.push_back(OrderColumns::none);
        orders_.conditional.push_back(0);
    }

    const GeneratorSettings& settings_;
    const FeederPlan& plan_;
    const Region& region_;
    const SeriesSet& series_;
    const std::int64_t first_, count_;  ///< customers of the feeder
    const std::int64_t period_;         ///< steps
    OrderColumns orders_;
    std::int32_t blocks_ = 0, groups_ = 0;
};

}  // namespace

double orders_per_customer(const GeneratorSettings& settings) {
    const std::int64_t period = steps_of_order(settings);
    const std::int64_t periods = (settings.step_count + period - 1) / period;
    return 2 * trades_in_period * static_cast<double>(periods);
}

OrderColumns draw_orders(const GeneratorSettings& settings, const FeederPlan& plan, std::size_t row,
                         const Region& region) {
    return FeederOrders(settings, plan, row, region).draw();
}

}  // namespace headroom
