#include "tests/support/small_orders.hpp"

#include <type_traits>

namespace headroom::test {
namespace {

void add_to_feeder(Region& region, std::size_t feeder) {
    OrderColumns& order = region.order;
    constexpr std::int32_t none = OrderColumns::none;
    const auto c1 = static_cast<std::int32_t>(region.feeder.customer_offset[feeder]);
    const auto row = static_cast<std::int32_t>(order.size());
    const std::int64_t noon = 1'699'963'200'000'000 + static_cast<std::int64_t>(feeder);
    const auto add = [](auto& column, const auto&... values) {
        using Value = typename std::decay_t<decltype(column)>::value_type;
        (column.push_back(static_cast<Value>(values)), ...);
    };
    add(order.id, "evening", "night", "dawn", "leg 1", "leg 2", "reserve, \"up\"");
    add(order.customer, c1, c1 + 2, c1 + 2, c1 + 1, c1 + 2, c1 + 3);
    add(order.side, OrderSide::buy, OrderSide::sell, OrderSide::sell, OrderSide::sell, OrderSide::buy, OrderSide::buy);
    add(order.limit, TradedLimit::export_power, TradedLimit::export_power, TradedLimit::import_power,
        TradedLimit::export_power, TradedLimit::import_power, TradedLimit::up);
    add(order.first_step, 0, 0, 1, 1, 2, 3);
    add(order.last_step, 0, 0, 1, 2, 2, 3);
    add(order.quantity, 2000.0, 1234.5678901234567, 0.1, 3e3, 1e3 / 3, 5e-324);
    add(order.price, 25.0, 12.5, 0.1, 0.0, -0.0, -500.25);
    add(order.arrival, noon, noon + 250'000, noon, noon, noon, -noon);
    add(order.expiry, noon + 1, OrderColumns::never, noon + 3'600'000'000, OrderColumns::never, OrderColumns::never,
        OrderColumns::never - 1);
    add(order.min_fill, 500.0, 0.0, 0.1, 0.0, 0.0, 0.0);
    add(order.all_or_none, 0, 0, 1, 0, 0, 0);
    add(order.time_in_force, TimeInForce::good_till_expiry, TimeInForce::immediate_or_cancel,
        TimeInForce::good_till_expiry, TimeInForce::fill_or_kill, TimeInForce::fill_or_kill,
        TimeInForce::good_till_expiry);
    add(order.block, none, none, none, 7, 7, none);
    add(order.exclusive_group, none, 2, 2, none, none, none);
    add(order.parent, none, none, row, none, none, row + 2);
    add(order.conditional, 0, 0, 0, 0, 0, 1);
    region.feeder.order_offset.push_back(static_cast<std::int64_t>(order.size()));
}

}  // namespace

void add_small_orders(Region& region) {
    for (std::size_t feeder = 0; feeder < region.feeder_count(); ++feeder) add_to_feeder(region, feeder);
}

}  // namespace headroom::test
