#include "tests/support/market_case.hpp"

#include <fmt/format.h>

#include <algorithm>

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
