// What an auction's prices say of its welfare, by weak duality; verify_clearing.hpp.

#include <algorithm>
#include <cmath>

#include "formulations/market/best_acceptance.hpp"
#include "formulations/market/clearing_walk.hpp"
#include "formulations/market/feeder_market.hpp"
#include "formulations/market/own_trades.hpp"
#include "formulations/units.hpp"

namespace headroom {
namespace {

constexpr double price_share = 1e-9;  // of 1 + |price|, of what is stored twice
constexpr double even_share = 1e-8;   // of 1 + |value|: neither gain nor loss

}  // namespace

/// What is accepted trades at the price of its limit, or at its own: always with pay-as-bid, else where it loses there.
/// A block loses or wins as a whole; where an order does neither, both prices are right. What a customer buys from
/// itself trades at the price of the limit.
void ClearingWalk::check_trade_prices() {
    OwnTrades turned;
    for (const Trade& trade : trades())
        if (const std::int32_t order = std::max(trade.buy, trade.sell); order >= 0)
            turned.add(trade.step, region_.order.customer[static_cast<std::size_t>(order)], trade.limit,
                       region_.order.side[static_cast<std::size_t>(order)], trade.quantity);
    for (std::size_t k = 0; k < trades().size(); ++k) {
        const Trade& trade = trades()[k];
        if (std::max(trade.buy, trade.sell) < 0) {
            say(fmt::format("trade {}: names no order", k));
            continue;
        }
        const auto o = static_cast<std::size_t>(std::max(trade.buy, trade.sell));
        const auto customer = static_cast<std::size_t>(region_.order.customer[o]);
        const auto& prices = result_.price[static_cast<std::size_t>(trade.limit)];
        const double bid = region_.order.price[o],
                     of_limit = prices.empty()
                                    ? bid
                                    : prices[static_cast<std::size_t>(trade.step) * result_.customer_count + customer];
        const double own = std::lerp(
            of_limit, bid,
            turned.share_with_others(trade.step, region_.order.customer[o], trade.limit, region_.order.side[o]));
        const double loss = region_.order.side[o] == OrderSide::buy ? of_limit - bid : bid - of_limit;
        const double mwh = trade.quantity * series_.hours(static_cast<std::size_t>(trade.step)) / 1000;
        const bool in_block = region_.order.block[o] >= 0;
        const bool even = !in_block && std::abs(loss) * mwh <= even_share * (1 + std::abs(bid) * mwh);
        const bool at_own =
            question_.auction.pay_as_bid || (in_block ? result_.fit[o] == PriceFit::accepted_loss : loss > 0);
        const auto is_price = [&](double price) {
            const double rounding = price_share * (1 + std::abs(price));
            return std::abs(trade.buy_price - price) <= rounding && std::abs(trade.sell_price - price) <= rounding;
        };
        const double expected = at_own ? own : of_limit;
        if (is_price(expected) || (even && !question_.auction.pay_as_bid && (is_price(own) || is_price(of_limit))))
            continue;
        say(fmt::format("trade {}: priced {:.9g} and {:.9g}, order '{}' trades at {:.9g}", k, trade.buy_price,
                        trade.sell_price, name(static_cast<std::int32_t>(o)), expected));
    }
}

/// Locational prices are the stored multipliers times coefficients, and prove the welfare.
void ClearingWalk::check_prices() {
    std::vector<std::vector<double>> value(series_.step_count(), std::vector<double>(positions(), 0.0));
    std::vector<double> room_value(series_.step_count(), 0.0);
    std::vector<char> is_known(series_.step_count(), 1);
    for (const RowPrice& price : result_.row_prices) {
        if (static_cast<std::size_t>(price.feeder) != feeder_) continue;
        const auto step = static_cast<std::size_t>(price.step);
        if (is_unknown(price)) {
            is_known[step] = 0;
            continue;
        }
        const std::optional<NetworkRow> row = priced_row(price);
        if (!row || !(price.price > 0)) {
            say(fmt::format("step {}: a price of row {} that is none", price.step, price.row));
            continue;
        }
        for (const auto& [p, coefficient] : row->entries) value[step][p] += price.price * coefficient;
        room_value[step] += price.price * row->rest;
    }
    for (std::size_t step = 0; step < value.size(); ++step) {
        if (result_.status[item(step)] != ClearingStatus::cleared || is_known[step] == 0) continue;
        check_step_prices(step, value[step]);
    }
    check_bounds(value, room_value, is_known);
}

/// What AC leaves of a linear row only a search knows.
bool ClearingWalk::is_unknown(const RowPrice& price) const {
    return question_.secure == Secure::ac && price.tangent < 0;
}

std::optional<ClearingWalk::NetworkRow> ClearingWalk::linear_row(std::size_t step, int row) const {
    if (row < 0 || !has_network()) return std::nullopt;
    const auto r = static_cast<std::size_t>(row);
    return NetworkRow{entries(step)[r], rest(step, r)};
}

std::optional<ClearingWalk::NetworkRow> ClearingWalk::priced_row(const RowPrice& price) const {
    if (price.tangent < 0) return linear_row(static_cast<std::size_t>(price.step), packing_row(price));
    std::optional<NetworkRow> row = tangent_row(price.tangent, price.step);
    const bool is_named =
        row && price.side == ac_side && result_.tangents[static_cast<std::size_t>(price.tangent)].row == price.row;
    return is_named ? row : std::nullopt;
}

/// What a row leaves before the market; set-points count from where they began.
double ClearingWalk::rest(std::size_t step, std::size_t row) const {
    double left = room_[step][row];
    if (!set_points())
        for (const auto& [p, coefficient] : entries(step)[row]) left -= coefficient * before_[step][p];
    return std::max(left, 0.0);
}

/// The packing row that a row of the table and a side of it mean.
int ClearingWalk::packing_row(const RowPrice& price) const {
    const auto first = static_cast<std::int32_t>(result_.rows.rows_of(static_cast<std::int32_t>(feeder_)).first);
    const auto named = std::ranges::find_if(
        row_name_, [&](const RowName& name) { return first + name.limit == price.row && name.side == price.side; });
    return named == row_name_.end() ? -1 : static_cast<int>(named - row_name_.begin());
}

double ClearingWalk::balance_price(std::size_t step, TradedLimit limit, const std::vector<double>& value) const {
    const auto& prices = result_.price[static_cast<std::size_t>(limit)];
    for (std::size_t p = 0; p < positions(); ++p)
        if (position_kind_[p] == position_kind(limit))
            return prices[step * result_.customer_count + position_customer_[p]]
                   - sign_of(limit) * value[p] * kilowatt_per_megawatt / series_.hours(step);
    return 0;
}

/// All customers' prices of a limit differ from their rows' values by one number, that of the balance.
void ClearingWalk::check_step_prices(std::size_t step, const std::vector<double>& value) {
    for (int l = 0; l < traded_limit_count; ++l) {
        const auto limit = static_cast<TradedLimit>(l);
        const auto& prices = result_.price[static_cast<std::size_t>(l)];
        if (prices.empty()) continue;
        const bool balanced = question_.auction.rules.balance || is_set_point(limit);
        const double balance = balanced ? balance_price(step, limit, value) : 0;
        for (std::size_t p = 0; p < positions(); ++p) {
            if (position_kind_[p] != position_kind(limit)) continue;
            const double expected = sign_of(limit) * value[p] * kilowatt_per_megawatt / series_.hours(step) + balance,
                         stored = prices[step * result_.customer_count + position_customer_[p]];
            if (!(std::abs(stored - expected) <= 1e-6 * (1 + std::abs(expected))))
                say(fmt::format("step {}: customer '{}' is priced {:.9g}, its rows make {:.9g}", step,
                                region_.customer.id[position_customer_[p]], stored, expected));
        }
    }
}

/// Whatever the prices, no acceptance is worth more than the room at them and what every position could gain.
/// @param is_known  [#step] whether the rows of all its prices are
void ClearingWalk::check_bounds(const std::vector<std::vector<double>>& value, const std::vector<double>& room_value,
                                const std::vector<char>& is_known) {
    for (const AuctionPart& part : result_.parts_of(feeder_)) {
        check_bound_proof(part);
        double welfare = 0, bound = 0;
        for (const std::int32_t s : part.steps) {
            const auto step = static_cast<std::size_t>(s);
            welfare += result_.welfare[item(step)];
            bound += room_value[step] + gains(step, value[step]);
        }
        if (part.certified && !(std::abs(part.welfare - welfare) <= gap_share * (1 + std::abs(welfare))))
            say(fmt::format("step {}: welfare of its part is {:.9g}, its trades make {:.9g}", part.steps.front(),
                            part.welfare, welfare));
        const double asked = std::max(gap_share, question_.auction.integer.gap_relative);
        const double over = (part.bound - part.welfare) / (1 + std::abs(part.welfare));
        if (part.certified && !(over <= asked && over >= -gap_share))
            say(fmt::format("step {}: bound {:.9g} is not the welfare {:.9g}", part.steps.front(), part.bound,
                            part.welfare));
        if (!part.certified || has_whole_orders(region_, result_, feeder_, part)) continue;
        if (std::ranges::any_of(part.steps,
                                [&](std::int32_t step) { return is_known[static_cast<std::size_t>(step)] == 0; }))
            continue;
        if (!(bound - welfare <= gap_share * (1 + std::abs(welfare))))
            say(fmt::format("step {}: the prices prove no more than {:.9g}, and the welfare is {:.9g}",
                            part.steps.front(), bound, welfare));
    }
}

/// What the orders of a step could gain at the prices at most, currency.
double ClearingWalk::gains(std::size_t step, const std::vector<double>& value) const {
    const OrderColumns& orders = region_.order;
    std::map<std::size_t, PositionOrders> of_position;
    for (std::int32_t order = first_; order < last_; ++order) {
        const auto o = static_cast<std::size_t>(order);
        if (!stands(region_, result_, order, static_cast<std::int32_t>(step))) continue;
        const auto position = position_of(order, orders.limit[o]);
        if (!position) continue;
        const double own = orders.price[o] / kilowatt_per_megawatt * series_.hours(step),
                     price = sign_of(orders.limit[o]) * value[*position]
                             + (question_.auction.rules.balance || set_points()
                                    ? balance_price(step, orders.limit[o], value) / kilowatt_per_megawatt
                                          * series_.hours(step)
                                    : 0);
        const bool buys = orders.side[o] == OrderSide::buy;
        PositionOrders& here = of_position[*position];
        (raises(orders.limit[o], orders.side[o]) ? here.up : here.down)
            .push_back({orders.quantity[o] / watt_per_kilowatt, buys ? own - price : price - own});
    }
    double sum = 0;
    for (auto& [position, here] : of_position)
        sum += best_acceptance(here, floor_[step][position] - before_[step][position],
                               cap_[step][position] - before_[step][position]);
    return sum;
}

}  // namespace headroom
