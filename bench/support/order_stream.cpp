#include "bench/support/order_stream.hpp"

#include <fmt/format.h>

#include <random>

namespace headroom::bench {
namespace {

constexpr double middle_price = 100, widest_distance = 50;

double uniform(std::mt19937_64& random, double from, double to) {
    return from + (to - from) * static_cast<double>(random() >> 11) * 0x1p-53;
}

void add_order(Region& region, std::mt19937_64& random, std::size_t step_count, bool crosses, std::int64_t lifetime) {
    OrderColumns& orders = region.order;
    const auto now = static_cast<std::int64_t>(orders.size());
    const auto customers = static_cast<std::uint64_t>(region.customer_count());
    std::uint64_t customer = random() % customers;
    while (region.customer.active[customer] == 0) customer = random() % customers;
    const OrderSide side = random() % 2 == 0 ? OrderSide::buy : OrderSide::sell;
    const bool below = (side == OrderSide::buy) != crosses;
    const double distance = uniform(random, 0, widest_distance);
    const auto step = static_cast<std::int32_t>(random() % step_count);
    orders.id.push_back(fmt::format("{}", now));
    orders.customer.push_back(static_cast<std::int32_t>(customer));
    orders.side.push_back(side);
    orders.limit.push_back(random() % 2 == 0 ? TradedLimit::export_power : TradedLimit::import_power);
    orders.first_step.push_back(step);
    orders.last_step.push_back(step);
    orders.quantity.push_back(uniform(random, 100, 1000));
    orders.price.push_back(middle_price + (below ? -distance : distance));
    orders.arrival.push_back(now);
    orders.expiry.push_back(now + lifetime);
    orders.min_fill.push_back(0);
    orders.all_or_none.push_back(0);
    orders.time_in_force.push_back(TimeInForce::good_till_expiry);
    orders.block.push_back(OrderColumns::none);
    orders.exclusive_group.push_back(OrderColumns::none);
    orders.parent.push_back(OrderColumns::none);
    orders.conditional.push_back(0);
}

}  // namespace

void add_orders(Region& region, std::size_t step_count, const OrderStream& stream) {
    std::mt19937_64 random(stream.seed);
    const std::int64_t lifetime = 2 * static_cast<std::int64_t>(stream.resting);
    region.order = {};
    for (std::int32_t k = 0; k < stream.resting; ++k) add_order(region, random, step_count, false, lifetime);
    for (std::int32_t k = 0; k < stream.arriving; ++k) add_order(region, random, step_count, k % 2 == 0, lifetime);
    region.feeder.order_offset = {0, static_cast<std::int64_t>(region.order.size())};
}

}  // namespace headroom::bench
