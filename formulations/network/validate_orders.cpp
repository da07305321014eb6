#include <fmt/format.h>

#include "formulations/network/validate_parts.hpp"

namespace headroom {
namespace {

/// One order under examination.
struct OrderSubject {
    const Region& region;
    std::int64_t row;
    FaultList& faults;

    std::size_t index() const { return static_cast<std::size_t>(row); }
    void add(const char* dataset, std::string rule) const {
        faults.add(dataset, row, std::move(rule), "order", region.order.id[index()]);
    }
};

bool is_limit_of_envelope(TradedLimit limit) { return limit >= TradedLimit::export_power && limit < TradedLimit::up; }
bool is_reactive(TradedLimit limit) { return limit == TradedLimit::q_inject || limit == TradedLimit::q_absorb; }

/// Who has no such limit cannot buy or sell any of it; set-points everybody has.
void check_customer(const OrderSubject& subject) {
    const OrderColumns& order = subject.region.order;
    const CustomerColumns& customer = subject.region.customer;
    const TradedLimit limit = order.limit[subject.index()];
    const auto owner = static_cast<std::size_t>(order.customer[subject.index()]);
    if (is_limit_of_envelope(limit) && customer.active[owner] == 0)
        subject.add("/order/customer",
                    fmt::format("customer '{}' must be active to trade limits of an envelope", customer.id[owner]));
    if (is_reactive(limit) && customer.reactive_mode[owner] != ReactiveMode::range)
        subject.add("/order/customer", fmt::format("customer '{}' must have a reactive range to trade reactive limits",
                                                   customer.id[owner]));
}

template <class Code> void check_code(const OrderSubject& subject, const char* dataset, Code code, int highest) {
    const int number = static_cast<int>(code);
    if (number < 0 || number > highest) subject.add(dataset, fmt::format("must be 0 to {}, is {}", highest, number));
}

void check_codes(const OrderSubject& subject) {
    const OrderColumns& order = subject.region.order;
    const std::size_t i = subject.index();
    check_code(subject, "/order/side", order.side[i], 1);
    check_code(subject, "/order/limit", order.limit[i], 5);
    check_code(subject, "/order/all_or_none", order.all_or_none[i], 1);
    check_code(subject, "/order/time_in_force", order.time_in_force[i], 2);
    check_code(subject, "/order/conditional", order.conditional[i], 1);
    for (const auto& [dataset, group] :
         {std::pair{"/order/block", order.block[i]}, std::pair{"/order/exclusive_group", order.exclusive_group[i]}})
        if (group < OrderColumns::none)
            subject.add(dataset, fmt::format("must be -1 or a number from 0, is {}", group));
}

void check_times(const OrderSubject& subject) {
    const OrderColumns& order = subject.region.order;
    const SeriesSet& series = subject.region.series.front();
    const std::size_t i = subject.index();
    const auto last = static_cast<std::int64_t>(series.step_count()) - 1;
    if (order.first_step[i] < 0 || order.first_step[i] > last)
        subject.add("/order/first_step", fmt::format("must be a step of series '{}', 0 to {}, is {}", series.name, last,
                                                     order.first_step[i]));
    else if (order.last_step[i] < order.first_step[i] || order.last_step[i] > last)
        subject.add("/order/last_step", fmt::format("must be a step of series '{}' from first_step on, {} to {}, is {}",
                                                    series.name, order.first_step[i], last, order.last_step[i]));
    if (order.expiry[i] <= order.arrival[i])
        subject.add("/order/expiry",
                    fmt::format("must be after arrival ({} us since 1970), is {}", order.arrival[i], order.expiry[i]));
}

void check_amounts(const OrderSubject& subject) {
    const OrderColumns& order = subject.region.order;
    const std::size_t i = subject.index();
    const double quantity = order.quantity[i], price = order.price[i], min_fill = order.min_fill[i];
    if (!(quantity > 0 && quantity <= plausible::power_max))
        subject.add("/order/quantity",
                    fmt::format("must be positive and at most {} W, is {} W", plausible::power_max, quantity));
    else if (!in_range(min_fill, 0, quantity))
        subject.add("/order/min_fill",
                    fmt::format("must lie in [0, quantity], [0, {}] W, is {} W", quantity, min_fill));
    if (!in_range(price, -plausible::price_max, plausible::price_max))
        subject.add("/order/price",
                    fmt::format("must lie in [-{0}, {0}] per MWh, is {1}", plausible::price_max, price));
}

void check_conditions(const OrderSubject& subject) {
    const OrderColumns& order = subject.region.order;
    const std::size_t i = subject.index();
    if (order.conditional[i] == 1 && !(order.side[i] == OrderSide::buy && is_set_point(order.limit[i])))
        subject.add("/order/conditional", "must be 0 unless up or down is bought");
    if (order.block[i] >= 0 && order.time_in_force[i] == TimeInForce::immediate_or_cancel)
        subject.add("/order/time_in_force",
                    "must not be immediate_or_cancel (1) in a block: its legs trade in full or not at all");
}

/// Steps that are none of the series are told as that and nothing else.
bool has_one_share(const Region& region, std::size_t i) {
    const OrderColumns& order = region.order;
    const auto end = static_cast<std::int64_t>(region.series.front().step_count());
    return order.block[i] >= 0 || order.last_step[i] <= order.first_step[i] || order.first_step[i] < 0
           || order.last_step[i] >= end;
}

/// Groups and families compare accepted shares: of an order in one step, or of a block.
void check_shares(const OrderSubject& subject) {
    const OrderColumns& order = subject.region.order;
    const std::size_t i = subject.index();
    if ((order.exclusive_group[i] >= 0 || order.parent[i] >= 0) && !has_one_share(subject.region, i))
        subject.add(
            "/order/last_step",
            fmt::format("must be first_step, {}, or the order part of a block: it has an exclusive group or a parent, "
                        "is {}",
                        order.first_step[i], order.last_step[i]));
    else if (order.parent[i] >= 0 && !has_one_share(subject.region, static_cast<std::size_t>(order.parent[i])))
        subject.add("/order/parent", "must stand in one step or be part of a block");
}

/// Every order has at most one parent, so whoever walks up from an order ends or comes back to a row of this very
/// walk: a circle, told once. Rows of earlier walks are known to end, which makes it linear.
void check_parents(const Region& region, std::int64_t begin, std::int64_t end, FaultList& faults) {
    const std::vector<std::int32_t>& parent = region.order.parent;
    constexpr std::int64_t unseen = -1;
    std::vector<std::int64_t> walk(static_cast<std::size_t>(end - begin), unseen);
    for (std::int64_t start = begin; start < end; ++start) {
        std::int64_t row = start;
        while (row != OrderColumns::none && walk[static_cast<std::size_t>(row - begin)] == unseen) {
            walk[static_cast<std::size_t>(row - begin)] = start;
            row = parent[static_cast<std::size_t>(row)];
        }
        if (row == OrderColumns::none || walk[static_cast<std::size_t>(row - begin)] != start) continue;
        const bool own = parent[static_cast<std::size_t>(row)] == row;
        OrderSubject{region, row, faults}.add("/order/parent",
                                              own ? "must not be the order itself" : "must not lead back to the order");
    }
}

}  // namespace

void check_orders(const Region& region, std::size_t feeder, FaultList& faults) {
    const auto [begin, end] = region.feeder.order_rows(feeder);
    for (std::int64_t row = begin; row < end; ++row) {
        const OrderSubject subject{region, row, faults};
        check_codes(subject);
        check_customer(subject);
        check_times(subject);
        check_amounts(subject);
        check_conditions(subject);
        check_shares(subject);
    }
    check_parents(region, begin, end, faults);
}

}  // namespace headroom
