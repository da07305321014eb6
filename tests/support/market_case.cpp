#include "tests/support/market_case.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "tests/support/feeder_builder.hpp"

namespace headroom::test {

std::int32_t add_order(Region& region, const PlainOrder& order) {
    const auto row = static_cast<std::int32_t>(region.order_count());
    const auto customer = std::ranges::find(region.customer.id, order.customer);
    OrderColumns& orders = region.order;
    orders.id.push_back(fmt::format("o{}", row + 1));
    orders.customer.push_back(static_cast<std::int32_t>(customer - region.customer.id.begin()));
    orders.side.push_back(order.side);
    orders.limit.push_back(order.limit);
    orders.first_step.push_back(order.first_step);
    orders.last_step.push_back(std::max(order.first_step, order.last_step));
    orders.quantity.push_back(order.kw * 1e3);
    orders.price.push_back(order.price);
    orders.arrival.push_back(row + 1);
    orders.expiry.push_back(order.expiry);
    orders.min_fill.push_back(order.min_fill_kw * 1e3);
    orders.all_or_none.push_back(order.all_or_none ? 1 : 0);
    orders.time_in_force.push_back(order.time_in_force);
    orders.block.push_back(order.block);
    orders.exclusive_group.push_back(order.exclusive_group);
    orders.parent.push_back(order.parent);
    orders.conditional.push_back(order.conditional ? 1 : 0);
    region.feeder.order_offset = {0, row + 1};
    return row;
}

void add_random_orders(Region& region, unsigned seed, const RandomOrders& kinds) {
    std::mt19937 random(seed);
    const auto below = [&](int n) { return static_cast<std::int32_t>(random() % static_cast<unsigned>(n)); };
    std::vector<std::string> active;
    for (std::size_t k = 0; k < region.customer_count(); ++k)
        if (region.customer.active[k] != 0) active.push_back(region.customer.id[k]);
    const auto steps = static_cast<int>(region.series.front().step_count());
    std::int32_t next_block = 0;
    for (int k = 0; k < kinds.count; ++k) {
        PlainOrder order{.customer = active[static_cast<std::size_t>(below(static_cast<int>(active.size())))],
                         .side = below(2) == 0 ? OrderSide::buy : OrderSide::sell,
                         .limit = below(2) == 0 ? TradedLimit::export_power : TradedLimit::import_power,
                         .kw = 0.1 * (1 + below(15)),
                         .price = 10.0 * (1 + below(9)),
                         .first_step = below(steps)};
        const std::int32_t kind = below(10);
        if (kinds.passing && kind < 2) order.expiry = k + 2 + below(12);
        if (kinds.passing && kind == 2) order.time_in_force = TimeInForce::immediate_or_cancel;
        if (kinds.whole && kind == 3) order.all_or_none = true;
        if (kinds.whole && kind == 4) order.time_in_force = TimeInForce::fill_or_kill;
        if (kinds.whole && kind == 5) order.min_fill_kw = order.kw / 3;
        if (kinds.linked && kind == 6) order.exclusive_group = below(3);
        if (kinds.linked && kind == 7 && k > 0) order.parent = below(k);
        if (kinds.whole && kind == 8 && steps > 1) {
            order.first_step = below(steps - 1);
            order.last_step = order.first_step + 1;
            order.block = next_block++;
        }
        if (kinds.whole && kind == 9) {  // two legs of two customers
            order.block = next_block++;
            add_order(region, order);
            order.customer = active[static_cast<std::size_t>(below(static_cast<int>(active.size())))];
            order.side = order.side == OrderSide::buy ? OrderSide::sell : OrderSide::buy;
            order.limit =
                order.limit == TradedLimit::export_power ? TradedLimit::import_power : TradedLimit::export_power;
            order.first_step = below(steps);
            ++k;
        }
        if (kinds.mixed) {
            const bool one_share = order.block >= 0 || order.last_step <= order.first_step;
            if (below(4) == 0) order.all_or_none = true;
            if (below(6) == 0 && order.block < 0) order.time_in_force = TimeInForce::immediate_or_cancel;
            if (below(5) == 0 && order.block < 0) order.block = below(2) == 0 ? next_block++ : below(next_block + 1);
            if (below(4) == 0 && one_share) order.exclusive_group = below(8);
            if (below(4) == 0 && one_share && k > 0) order.parent = below(k);
            if (order.block >= 0) order.time_in_force = TimeInForce::good_till_expiry;
            next_block = std::max(next_block, order.block + 1);
        }
        add_order(region, order);
    }
}

Region laminar_region(double passive_kw, std::size_t steps) {
    FeederBuilder builder(230.0);
    const PhaseImpedance some = PhaseImpedance::uncoupled(1e-4, 1e-4);
    const auto line = [&](const char* from, const char* to, double rating_kw) {
        builder.bus(to, "abc", 230.0);
        builder.line(from, to, "abc", some, 1.0, not_given, rating_kw * 1e3);
    };
    line("slack", "1", 40);
    line("1", "2", 18);
    line("2", "3", 8);
    line("1", "4", 10);
    constexpr const char* bus_of[] = {"1", "1", "2", "2", "3", "3", "4", "4"};
    for (int k = 0; k < 8; ++k) builder.active(fmt::format("c{}", k + 1), bus_of[k], "abc", 10e3, 12e3);
    builder.customer("passive", "2", "abc", {.active = false});
    builder.inject("passive", passive_kw * 1e3);
    return builder.build(steps);
}

Region exchange_of_upper_limits() {
    Region region = laminar_region(-2);
    const auto order = [&](OrderSide side, const char* customer, double kw, double eur_per_kw) {
        add_order(region, {.customer = customer, .side = side, .kw = kw, .price = eur_per_kw * 1e3});
    };
    order(OrderSide::buy, "c4", 1.0, 0.025);
    order(OrderSide::sell, "c6", 3.0, 0.020);
    order(OrderSide::sell, "c1", 4.0, 0.010);
    order(OrderSide::buy, "c5", 5.0, 0.080);
    order(OrderSide::buy, "c7", 3.0, 0.050);
    order(OrderSide::sell, "c8", 2.0, 0.030);
    order(OrderSide::buy, "c4", 3.0, 0.040);
    order(OrderSide::sell, "c3", 2.0, 0.015);
    return region;
}

namespace {

bool is_set_point_question(const AllocationQuestion& question) { return question.basis == Basis::added; }

EnvelopeResult envelopes_of(const Region& region, const AllocationQuestion& question) {
    return allocate(region, region.series.front(), question, std::vector<std::string>(region.feeder_count()),
                    {.threads = 1});
}

}  // namespace

MarketCase::MarketCase(const Region& region, const AllocationQuestion& question)
    : region_(region),
      allocation_(region, 0, region.series.front(), question),
      envelopes_(envelopes_of(region, question)),
      market_(is_set_point_question(question) ? set_point_market(region, region.series.front(), allocation_)
                                              : limit_market(region, region.series.front(), allocation_, envelopes_)) {}

ContinuousMarket MarketCase::cleared(const ContinuousSettings& settings) const {
    ContinuousMarket market(market_, region_.order, 0, order_count(), settings);
    market.run();
    return market;
}

double MarketCase::welfare(const ContinuousMarket& cleared) const {
    double sum = 0;
    for (const Trade& trade : cleared.trades())
        sum += (region_.order.price[static_cast<std::size_t>(trade.buy)]
                - region_.order.price[static_cast<std::size_t>(trade.sell)])
               * trade.quantity / 1e3 * market_.hours[static_cast<std::size_t>(trade.step)];
    return sum;
}

}  // namespace headroom::test
