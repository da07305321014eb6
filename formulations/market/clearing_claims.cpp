// What a clearing says of itself beside its numbers: what became of orders, what items and parts are worth, which
// limits of the network there are; verify_clearing.hpp.

#include <algorithm>
#include <cmath>
#include <limits>

#include "formulations/market/clearing_walk.hpp"
#include "formulations/market/feeder_market.hpp"
#include "formulations/units.hpp"

namespace headroom {
namespace {

constexpr double sums_share = 1e-9;  // of a quantity: rounding of what its steps add up to

/// What an order's trades come to.
struct Filled {
    double accepted, quantity;  ///< kW, mean over the steps
    int steps;

    bool nothing() const { return !(accepted > 0); }
    /// No step lacks more than what is no trade.
    bool all() const { return accepted >= quantity * (1 - sums_share) - least_trade_kw; }
    /// Some step lacks that much.
    bool not_all() const { return accepted <= quantity * (1 + sums_share) - least_trade_kw / steps; }
};

}  // namespace

void ClearingWalk::check_claims() {
    check_row_table();
    check_absent();
    for (std::size_t step = 0; step < before_.size(); ++step) check_status(step);
    for (const AuctionPart& part : result_.parts_of(feeder_)) check_part_claims(part);
    std::int64_t now = std::numeric_limits<std::int64_t>::min();  // when the last order came
    for (std::int32_t order = first_; order < last_; ++order)
        now = std::max(now, region_.order.arrival[static_cast<std::size_t>(order)]);
    for (std::int32_t order = first_; order < last_; ++order) check_order_status(order, now);
}

/// The limits that prices and proofs name are those of the case.
void ClearingWalk::check_row_table() {
    RowTable own;
    own.add(static_cast<std::int64_t>(feeder_), allocation_.rows().limits());
    const auto [first, last] = result_.rows.rows_of(static_cast<std::int32_t>(feeder_));
    if (last - first != own.size()) {
        say(fmt::format("/row has {} limits of it, the case has {}", last - first, own.size()));
        return;
    }
    for (std::size_t r = 0; r < own.size(); ++r) {
        const RowTable& stored = result_.rows;
        if (stored.kind[first + r] != own.kind[r] || stored.bus[first + r] != own.bus[r]
            || stored.branch[first + r] != own.branch[r] || stored.phases[first + r] != own.phases[r]
            || stored.limit[first + r] != own.limit[r])
            say(fmt::format("/row row {} is not the limit that the case has there", first + r));
    }
}

/// Nobody has limits, prices or cash who holds nothing that is traded.
void ClearingWalk::check_absent() {
    for (std::int64_t k = region_.feeder.customer_offset[feeder_]; k < region_.feeder.customer_offset[feeder_ + 1];
         ++k) {
        const auto customer = static_cast<std::size_t>(k);
        bool holds_any = false;
        for (int kind = 0; kind < position_kind_count; ++kind) {
            const bool holds = position_of_.contains({customer, kind});
            holds_any = holds_any || holds;
            const auto of = static_cast<std::size_t>(kind);
            if (!holds) check_empty(customer, {&result_.before[of], &result_.after[of]});
        }
        for (int l = 0; l < traded_limit_count; ++l)
            if (!position_of_.contains({customer, position_kind(static_cast<TradedLimit>(l))}))
                check_empty(customer, {&result_.price[static_cast<std::size_t>(l)]});
        for (std::size_t step = 0; step < before_.size() && !holds_any; ++step)
            if (result_.cash[step * result_.customer_count + customer] != 0)
                say(fmt::format("step {}: customer '{}' has cash and holds nothing", step,
                                region_.customer.id[customer]));
    }
}

void ClearingWalk::check_empty(std::size_t customer, std::initializer_list<const std::vector<double>*> columns) {
    for (const std::vector<double>* values : columns)
        for (std::size_t step = 0; step < before_.size() && !values->empty(); ++step)
            if (!std::isnan((*values)[step * result_.customer_count + customer]))
                say(fmt::format("step {}: customer '{}' has a limit or a price of what it does not hold", step,
                                region_.customer.id[customer]));
}

/// What an item is worth, and what it then may hold.
void ClearingWalk::check_status(std::size_t step) {
    const ClearingStatus status = result_.status[item(step)];
    const bool auction = question_.mechanism == Mechanism::auction, ac = question_.secure == Secure::ac;
    if (status == ClearingStatus::invalid_input)
        say(fmt::format("step {}: is invalid_input, and the feeder has no fault", step));
    if ((status == ClearingStatus::uncertified && !auction)
        || (status == ClearingStatus::ac_shrunk && !(auction && ac)))
        say(fmt::format("step {}: has a status that this market does not know", step));
    const bool taken_back = status == ClearingStatus::uncertified || status == ClearingStatus::insecure;
    const auto in_step = [&](const Trade& trade) { return static_cast<std::size_t>(trade.step) == step; };
    if (taken_back && std::ranges::any_of(trades(), in_step))
        say(fmt::format("step {}: trades of what is not verified", step));
    if (status == ClearingStatus::cleared && !(result_.row_excess[item(step)] <= secure_kw))
        say(fmt::format("step {}: is cleared with an excess of {:.3g} kW", step, result_.row_excess[item(step)]));
}

void ClearingWalk::check_part_claims(const AuctionPart& part) {
    if (part.steps.empty()) return;
    const std::int32_t first = part.steps.front();
    const bool cleared = std::ranges::all_of(part.steps, [&](std::int32_t step) {
        return result_.status[item(static_cast<std::size_t>(step))] == ClearingStatus::cleared;
    });
    if (part.certified != cleared)
        say(fmt::format("step {}: its part is {}certified, its steps are {}cleared", first,
                        part.certified ? "" : "not ", cleared ? "" : "not "));
    if (!part.certified) return;
    if (part.status != IntegerStatus::optimal) say(fmt::format("step {}: certified, and not optimal", first));
    if (!(std::abs(part.certificate_gap) <= gap_share * (1 + std::abs(part.welfare))))
        say(fmt::format("step {}: certified with a gap of {:.3g} {}", first, part.certificate_gap, region_.currency));
    if (!(part.row_excess <= secure_kw))
        say(fmt::format("step {}: certified with an excess of {:.3g} kW", first, part.row_excess));
}

/// What became of an order fits what its trades make. Which rule refused it is for scripts/check_clearing.
void ClearingWalk::check_order_status(std::int32_t order, std::int64_t now) {
    const auto o = static_cast<std::size_t>(order);
    const OrderOutcome& outcome = result_.outcome[o];
    const Filled filled{outcome.accepted, region_.order.quantity[o] / watt_per_kilowatt,
                        region_.order.last_step[o] - region_.order.first_step[o] + 1};
    const bool auction = question_.mechanism == Mechanism::auction;
    const bool at_once = region_.order.time_in_force[o] != TimeInForce::good_till_expiry || region_.order.block[o] >= 0;
    const auto fits = [&] {
        switch (outcome.status) {
            case OrderStatus::refused: return filled.nothing();
            case OrderStatus::filled: return filled.all();
            case OrderStatus::curtailed: return filled.not_all() && may_be_cut(order);
            case OrderStatus::rejected: return auction && filled.nothing();
            case OrderStatus::partly_filled: return auction && !filled.nothing() && filled.not_all();
            case OrderStatus::open: return !auction && filled.not_all() && region_.order.expiry[o] > now;
            case OrderStatus::expired: return !auction && filled.not_all() && region_.order.expiry[o] <= now;
            case OrderStatus::cancelled: return !auction && filled.not_all() && at_once;
        }
        return false;
    };
    if (!fits())
        say(fmt::format("order '{}': its status is not what {:.6g} of {:.6g} kW make", name(order), filled.accepted,
                        filled.quantity));
    if ((outcome.status == OrderStatus::refused) != (outcome.refusal != OrderRefusal::none))
        say(fmt::format("order '{}': is refused without a rule, or names one and is not", name(order)));
    if (!auction && result_.fit[o] != PriceFit::supported)
        say(fmt::format("order '{}': fit is of auctions", name(order)));
}

/// Whether something may have taken back what an order traded.
bool ClearingWalk::may_be_cut(std::int32_t order) const {
    if (question_.secure == Secure::ac) return true;
    const auto o = static_cast<std::size_t>(order);
    for (std::int32_t step = region_.order.first_step[o]; step <= region_.order.last_step[o]; ++step)
        if (result_.status[item(static_cast<std::size_t>(step))] != ClearingStatus::cleared) return true;
    return false;
}

}  // namespace headroom
