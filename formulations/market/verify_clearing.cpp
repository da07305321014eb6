#include "formulations/market/verify_clearing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "formulations/envelope/feeder_allocation.hpp"
#include "formulations/envelope/verify_limits.hpp"
#include "formulations/market/best_acceptance.hpp"
#include "formulations/market/order_rules.hpp"

namespace headroom {
namespace {

constexpr double watt_per_kilowatt = 1000.0, kilowatt_per_megawatt = 1000.0, seconds_per_hour = 3600.0;
constexpr double secure_kw = 2e-7;    // excess over a row that rounding may leave
constexpr double quantity_kw = 1e-6;  // sums of trades against what is stored
constexpr double money_share = 1e-9;  // of 1 + what was turned over
constexpr double gap_share = 1e-7;    // of 1 + |welfare|
constexpr std::size_t faults_per_feeder = 20;

/// One feeder of the clearing, walked through again.
class FeederWalk {
public:
    FeederWalk(const Region& region, const SeriesSet& series, const ClearingQuestion& question,
               const ClearingResult& result, std::size_t feeder, std::vector<std::string>& faults)
        : region_(region),
          series_(series),
          question_(question),
          result_(result),
          feeder_(feeder),
          faults_(faults),
          allocation_(region, static_cast<std::int64_t>(feeder), series, rows_question(question)) {
        load();
    }

    void walk() {
        check_levels("before the market", before_);
        walk_trades();
        check_after();
        check_outcomes();
        check_money();
        if (question_.mechanism == Mechanism::auction) check_prices();
        for (const std::string& fault : order_rule_faults(region_, question_, trades(), first_, last_)) say(fault);
    }

private:
    bool set_points() const { return question_.market == MarketKind::set_point_exchange; }
    std::size_t positions() const { return position_customer_.size(); }
    std::size_t item(std::size_t step) const { return step * result_.feeder_count + feeder_; }
    bool is_open(std::size_t step) const {
        return result_.status[item(step)] != ClearingStatus::closed
               && result_.status[item(step)] != ClearingStatus::invalid_input;
    }
    std::span<const Trade> trades() const {
        const auto begin = static_cast<std::size_t>(result_.trade_offset[feeder_]),
                   end = static_cast<std::size_t>(result_.trade_offset[feeder_ + 1]);
        return std::span(result_.trades).subspan(begin, end - begin);
    }
    double hours(std::size_t step) const {
        return static_cast<double>(series_.end[step] - series_.start[step]) / seconds_per_hour;
    }
    void say(const std::string& what) {
        if (count_++ < faults_per_feeder)
            faults_.push_back(fmt::format("feeder '{}': {}", region_.feeder.id[feeder_], what));
    }

    /// Rows, rooms, floors and caps from the case; levels before and after from the clearing.
    void load() {
        const auto [first_order, end_order] = region_.feeder.order_rows(feeder_);
        first_ = static_cast<std::int32_t>(first_order);
        last_ = static_cast<std::int32_t>(end_order);
        name_positions();
        const auto rows = static_cast<std::size_t>(allocation_.rows().rows().row_count());
        const std::size_t steps = series_.step_count();
        before_.assign(steps, std::vector<double>(positions()));
        after_ = floor_ = cap_ = before_;
        room_.assign(steps, std::vector<double>(rows));
        FeederAllocation::Workspace work = allocation_.workspace();
        std::vector<Violation> violations;
        for (std::size_t first = 0; first < steps; first += lane_count) {
            if (set_points())
                allocation_.load_pack(first, work);
            else
                allocation_.prepare_pack(first, 0, work, violations);
            for (std::size_t lane = 0; lane < lane_count && first + lane < steps; ++lane)
                load_step(first + lane, lane, work);
        }
    }

    void name_positions() {
        for (const LimitColumn& column : allocation_.rows().columns()) {
            const std::int64_t customer = allocation_.rows().active()[static_cast<std::size_t>(column.active)];
            if (set_points() && column.kind != LimitKind::export_power) continue;
            position_customer_.push_back(static_cast<std::size_t>(customer));
            position_kind_.push_back(set_points() ? 4 : static_cast<int>(column.kind));
        }
        for (std::size_t p = 0; p < positions(); ++p) position_of_[{position_customer_[p], position_kind_[p]}] = p;
    }

    void load_step(std::size_t step, std::size_t lane, const FeederAllocation::Workspace& work) {
        for (std::size_t r = 0; r < room_[step].size(); ++r) room_[step][r] = work.rows.room[r * lane_count + lane];
        for (std::size_t p = 0; p < positions(); ++p) {
            const std::size_t at = step * result_.customer_count + position_customer_[p];
            const auto kind = static_cast<std::size_t>(position_kind_[p]);
            const double level = result_.before[kind][at] / watt_per_kilowatt;
            before_[step][p] = level;
            after_[step][p] = result_.after[kind][at] / watt_per_kilowatt;
            if (set_points()) {
                floor_[step][p] =
                    std::min(level, -region_.customer.import_cap[position_customer_[p]] / watt_per_kilowatt);
                cap_[step][p] = std::max(level, region_.customer.export_cap[position_customer_[p]] / watt_per_kilowatt);
            } else {
                floor_[step][p] = std::min(level, work.start[p * lane_count + lane]);
                cap_[step][p] = std::max(level, allocation_.rows().column_cap(p) / watt_per_kilowatt);
            }
        }
    }

    /// Entries of A for a position: set-points have one for both directions.
    double entry(std::size_t position, int row) const {
        const PackingRows& rows = allocation_.rows().rows();
        double value = 0;
        for (int e = rows.start[row]; e < rows.start[row + 1]; ++e) {
            const auto column = static_cast<std::size_t>(rows.column[e]);
            if (!set_points() && column == position) value += rows.value[e];
            if (!set_points()) continue;
            const LimitColumn& limit = allocation_.rows().columns()[column];
            if (static_cast<std::size_t>(limit.active) != position || is_reactive(limit.kind)) continue;
            value += bounds_injection(limit.kind) ? rows.value[e] : -rows.value[e];
        }
        return value;
    }

    /// kW by which levels pass rows; set-points count from where they began, and may leave a violated row as it was.
    std::vector<RowExcess> beyond(std::size_t step, const std::vector<double>& level) const {
        const PackingRows& rows = allocation_.rows().rows();
        if (!set_points()) return verify_limits(rows, {room_[step].data()}, {level.data()}, secure_kw);
        std::vector<double> used(room_[step].size(), 0.0), room = room_[step];
        for (int r = 0; r < rows.row_count(); ++r) {
            for (std::size_t p = 0; p < positions(); ++p)
                used[static_cast<std::size_t>(r)] += entry(p, r) * (level[p] - before_[step][p]);
            room[static_cast<std::size_t>(r)] = std::max(room[static_cast<std::size_t>(r)], 0.0);
            if (!reserved_.empty()) used[static_cast<std::size_t>(r)] += reserved_[step][static_cast<std::size_t>(r)];
        }
        return rows_beyond(rows, {room.data()}, {used.data()}, secure_kw);
    }

    void check_step(const std::string& when, std::size_t step, const std::vector<double>& level) {
        if (has_network())
            for (const RowExcess& row : beyond(step, level))
                say(fmt::format("step {} {}: limits pass row {} by {:.3g} kW", step, when, row.row, row.excess_kw));
        for (std::size_t p = 0; p < positions(); ++p)
            if (!(level[p] <= cap_[step][p] + quantity_kw && level[p] >= floor_[step][p] - quantity_kw))
                say(fmt::format("step {} {}: customer '{}' stands at {:.6g} kW, outside {:.6g} to {:.6g}", step, when,
                                region_.customer.id[position_customer_[p]], level[p], floor_[step][p], cap_[step][p]));
    }

    void check_levels(const std::string& when, const std::vector<std::vector<double>>& level) {
        for (std::size_t step = 0; step < level.size(); ++step)
            if (is_open(step)) check_step(when, step, level[step]);
    }

    bool has_network() const {
        return question_.mechanism == Mechanism::continuous ? question_.continuous.network
                                                            : question_.auction.rules.network;
    }

    std::optional<std::size_t> position_of(std::int32_t order, TradedLimit limit) const {
        const auto customer = static_cast<std::size_t>(region_.order.customer[static_cast<std::size_t>(order)]);
        const auto found = position_of_.find({customer, position_kind(limit)});
        return found == position_of_.end() ? std::nullopt : std::optional(found->second);
    }

    /// Every trade moves the levels; a continuous market must be secure after each.
    void walk_trades() {
        level_ = before_;
        reserved_.assign(level_.size(), std::vector<double>(room_.empty() ? 0 : room_.front().size(), 0.0));
        for (std::size_t k = 0; k < trades().size(); ++k) {
            const Trade& trade = trades()[k];
            const auto step = static_cast<std::size_t>(trade.step);
            if (step >= level_.size() || !is_open(step)) {
                say(fmt::format("trade {}: step {} is closed", k, trade.step));
                continue;
            }
            for (const auto& [order, side] :
                 {std::pair(trade.buy, OrderSide::buy), std::pair(trade.sell, OrderSide::sell)}) {
                if (order < 0) continue;
                const auto position = position_of(order, trade.limit);
                if (!position) {
                    say(fmt::format("trade {}: the customer of order '{}' holds no such limit", k, name(order)));
                    continue;
                }
                if (trade.buy >= 0 && is_conditional(trade.buy)) continue;
                level_[step][*position] += raises(trade.limit, side) ? trade.quantity : -trade.quantity;
            }
            if (trade.buy >= 0 && trade.sell >= 0 && is_conditional(trade.buy)) reserve(step, trade);
            if (question_.mechanism == Mechanism::continuous)
                check_step(fmt::format("after trade {}", k), step, level_[step]);
        }
    }

    /// A trade that may be called keeps room in the rows that it would fill.
    void reserve(std::size_t step, const Trade& trade) {
        const auto buyer = position_of(trade.buy, trade.limit), seller = position_of(trade.sell, trade.limit);
        if (!buyer || !seller) return;
        const double sign = raises(trade.limit, OrderSide::buy) ? 1.0 : -1.0;
        for (std::size_t r = 0; r < reserved_[step].size(); ++r) {
            const double moved = sign * (entry(*buyer, static_cast<int>(r)) - entry(*seller, static_cast<int>(r)));
            reserved_[step][r] += std::max(moved, 0.0) * trade.quantity;
        }
    }

    bool is_conditional(std::int32_t order) const {
        return region_.order.conditional[static_cast<std::size_t>(order)] != 0;
    }
    const std::string& name(std::int32_t order) const { return region_.order.id[static_cast<std::size_t>(order)]; }

    void check_after() {
        for (std::size_t step = 0; step < level_.size(); ++step) {
            if (!is_open(step)) continue;
            for (std::size_t p = 0; p < positions(); ++p)
                if (!(std::abs(level_[step][p] - after_[step][p]) <= quantity_kw))
                    say(fmt::format("step {}: customer '{}' stands at {:.9g} kW after its trades, stored are {:.9g}",
                                    step, region_.customer.id[position_customer_[p]], level_[step][p],
                                    after_[step][p]));
        }
        check_levels("after the market", after_);
    }

    void check_outcomes() {
        std::vector<double> accepted(static_cast<std::size_t>(last_ - first_), 0.0);
        for (const Trade& trade : trades())
            for (const std::int32_t order : {trade.buy, trade.sell})
                if (order >= first_ && order < last_) {
                    const auto o = static_cast<std::size_t>(order);
                    accepted[static_cast<std::size_t>(order - first_)] +=
                        trade.quantity / (region_.order.last_step[o] - region_.order.first_step[o] + 1);
                }
        for (std::int32_t order = first_; order < last_; ++order) {
            const double stored = result_.outcome[static_cast<std::size_t>(order)].accepted,
                         traded = accepted[static_cast<std::size_t>(order - first_)];
            if (!(std::abs(stored - traded) <= quantity_kw))
                say(fmt::format("order '{}': {:.9g} kW accepted, its trades make {:.9g}", name(order), stored, traded));
        }
    }

    void check_money() {
        const std::size_t steps = series_.step_count();
        std::map<std::pair<std::size_t, std::size_t>, double> cash;
        std::vector<double> surplus(steps, 0.0), welfare(steps, 0.0), turnover(steps, 0.0);
        for (const Trade& trade : trades()) {
            const auto step = static_cast<std::size_t>(trade.step);
            const double mwh = trade.quantity / kilowatt_per_megawatt * hours(step);
            const auto pass = [&](std::int32_t order, double direction, double price) {
                if (order < 0) return;
                const auto o = static_cast<std::size_t>(order);
                cash[{step, static_cast<std::size_t>(region_.order.customer[o])}] += direction * price * mwh;
                surplus[step] -= direction * price * mwh;
                welfare[step] -= direction * region_.order.price[o] * mwh;
                turnover[step] += std::abs(price * mwh);
            };
            pass(trade.buy, -1, trade.buy_price);
            pass(trade.sell, 1, trade.sell_price);
        }
        for (std::size_t step = 0; step < steps; ++step) {
            if (!is_open(step)) continue;
            const double rounding = money_share * (1 + turnover[step]);
            compare("welfare", step, result_.welfare[item(step)], welfare[step], rounding);
            compare("operator's surplus", step, result_.operator_surplus[item(step)], surplus[step], rounding);
            for (auto k = region_.feeder.customer_offset[feeder_]; k < region_.feeder.customer_offset[feeder_ + 1];
                 ++k) {
                const auto customer = static_cast<std::size_t>(k);
                const auto found = cash.find({step, customer});
                compare(fmt::format("cash of customer '{}'", region_.customer.id[customer]), step,
                        result_.cash[step * result_.customer_count + customer], found == cash.end() ? 0 : found->second,
                        rounding);
            }
        }
    }

    void compare(const std::string& what, std::size_t step, double stored, double found, double rounding) {
        if (!(std::abs(stored - found) <= rounding))
            say(fmt::format("step {}: {} is {:.9g} {}, its trades make {:.9g}", step, what, stored, region_.currency,
                            found));
    }

    /// Locational prices are the stored multipliers times coefficients, and prove the welfare.
    void check_prices() {
        std::vector<std::vector<double>> value(series_.step_count(), std::vector<double>(positions(), 0.0));
        std::vector<double> room_value(series_.step_count(), 0.0);
        for (const RowPrice& price : result_.row_prices) {
            if (static_cast<std::size_t>(price.feeder) != feeder_) continue;
            const auto step = static_cast<std::size_t>(price.step);
            const int row = packing_row(price);
            if (row < 0 || !(price.price > 0)) {
                say(fmt::format("step {}: a price of row {} that is none", price.step, price.row));
                continue;
            }
            double rest = room_[step][static_cast<std::size_t>(row)];
            for (std::size_t p = 0; p < positions(); ++p) {
                const double coefficient = entry(p, row);
                value[step][p] += price.price * coefficient;
                if (!set_points()) rest -= coefficient * before_[step][p];
            }
            room_value[step] += price.price * std::max(rest, 0.0);
        }
        for (std::size_t step = 0; step < value.size(); ++step) {
            if (result_.status[item(step)] != ClearingStatus::cleared) continue;
            check_step_prices(step, value[step]);
        }
        check_bounds(value, room_value);
    }

    /// The packing row that a row of the table and a side of it mean.
    int packing_row(const RowPrice& price) const {
        const SecurityRows& rows = allocation_.rows();
        for (int r = 0; r < rows.rows().row_count(); ++r)
            if (first_row() + rows.limit_of_row(r) == price.row && rows.side_of_row(r) == price.side) return r;
        return -1;
    }
    std::int32_t first_row() const {
        const auto found = std::ranges::find(result_.rows.feeder, static_cast<std::int32_t>(feeder_));
        return static_cast<std::int32_t>(found - result_.rows.feeder.begin());
    }

    double balance_price(std::size_t step, TradedLimit limit, const std::vector<double>& value) const {
        const auto& prices = result_.price[static_cast<std::size_t>(limit)];
        for (std::size_t p = 0; p < positions(); ++p)
            if (position_kind_[p] == position_kind(limit))
                return prices[step * result_.customer_count + position_customer_[p]]
                       - sign_of(limit) * value[p] * kilowatt_per_megawatt / hours(step);
        return 0;
    }
    static double sign_of(TradedLimit limit) { return limit == TradedLimit::up ? -1.0 : 1.0; }

    /// All customers' prices of a limit differ from their rows' values by one number, that of the balance.
    void check_step_prices(std::size_t step, const std::vector<double>& value) {
        for (int l = 0; l < traded_limit_count; ++l) {
            const auto limit = static_cast<TradedLimit>(l);
            const auto& prices = result_.price[static_cast<std::size_t>(l)];
            if (prices.empty()) continue;
            const bool balanced = question_.auction.rules.balance || is_set_point(limit);
            const double balance = balanced ? balance_price(step, limit, value) : 0;
            for (std::size_t p = 0; p < positions(); ++p) {
                if (position_kind_[p] != position_kind(limit)) continue;
                const double expected = sign_of(limit) * value[p] * kilowatt_per_megawatt / hours(step) + balance,
                             stored = prices[step * result_.customer_count + position_customer_[p]];
                if (!(std::abs(stored - expected) <= 1e-6 * (1 + std::abs(expected))))
                    say(fmt::format("step {}: customer '{}' is priced {:.9g}, its rows make {:.9g}", step,
                                    region_.customer.id[position_customer_[p]], stored, expected));
            }
        }
    }

    /// Whatever the prices, no acceptance is worth more than the room at them and what every position could gain.
    void check_bounds(const std::vector<std::vector<double>>& value, const std::vector<double>& room_value) {
        const auto begin = static_cast<std::size_t>(result_.part_offset[feeder_]),
                   end = static_cast<std::size_t>(result_.part_offset[feeder_ + 1]);
        for (const AuctionPart& part : std::span(result_.parts).subspan(begin, end - begin)) {
            double welfare = 0, bound = 0;
            for (const std::int32_t s : part.steps) {
                const auto step = static_cast<std::size_t>(s);
                welfare += result_.welfare[item(step)];
                bound += room_value[step] + gains(step, value[step]);
            }
            if (part.certified && !(std::abs(part.welfare - welfare) <= gap_share * (1 + std::abs(welfare))))
                say(fmt::format("step {}: welfare of its part is {:.9g}, its trades make {:.9g}", part.steps.front(),
                                part.welfare, welfare));
            const double proven_share = std::max(gap_share, question_.auction.integer.gap_relative);
            if (part.certified && !(part.bound - part.welfare <= proven_share * (1 + std::abs(part.welfare))))
                say(fmt::format("step {}: bound {:.9g} is not the welfare {:.9g}", part.steps.front(), part.bound,
                                part.welfare));
            if (!part.certified || has_whole_orders(part)) continue;
            if (!(bound - welfare <= gap_share * (1 + std::abs(welfare))))
                say(fmt::format("step {}: the prices prove no more than {:.9g}, and the welfare is {:.9g}",
                                part.steps.front(), bound, welfare));
        }
    }

    bool has_whole_orders(const AuctionPart& part) const {
        const OrderColumns& orders = region_.order;
        for (std::int32_t order = first_; order < last_; ++order) {
            const auto o = static_cast<std::size_t>(order);
            const bool stands = std::ranges::any_of(part.steps, [&](std::int32_t step) {
                return step >= orders.first_step[o] && step <= orders.last_step[o];
            });
            if (stands && result_.outcome[o].status != OrderStatus::refused
                && (orders.block[o] >= 0 || orders.all_or_none[o] != 0 || orders.min_fill[o] > 0
                    || orders.exclusive_group[o] >= 0 || orders.parent[o] >= 0
                    || orders.time_in_force[o] == TimeInForce::fill_or_kill))
                return true;
        }
        return false;
    }

    /// What the orders of a step could gain at the prices at most, currency.
    double gains(std::size_t step, const std::vector<double>& value) const {
        const OrderColumns& orders = region_.order;
        std::map<std::size_t, PositionOrders> of_position;
        for (std::int32_t order = first_; order < last_; ++order) {
            const auto o = static_cast<std::size_t>(order);
            if (static_cast<std::size_t>(orders.first_step[o]) > step
                || static_cast<std::size_t>(orders.last_step[o]) < step
                || result_.outcome[o].status == OrderStatus::refused)
                continue;
            const auto position = position_of(order, orders.limit[o]);
            if (!position) continue;
            const double own = orders.price[o] / kilowatt_per_megawatt * hours(step),
                         price =
                             sign_of(orders.limit[o]) * value[*position]
                             + (question_.auction.rules.balance || set_points()
                                    ? balance_price(step, orders.limit[o], value) / kilowatt_per_megawatt * hours(step)
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

    const Region& region_;
    const SeriesSet& series_;
    const ClearingQuestion& question_;
    const ClearingResult& result_;
    std::size_t feeder_;
    std::vector<std::string>& faults_;
    std::size_t count_ = 0;
    FeederAllocation allocation_;
    std::int32_t first_ = 0, last_ = 0;
    std::vector<std::size_t> position_customer_;
    std::vector<int> position_kind_;
    std::map<std::pair<std::size_t, int>, std::size_t> position_of_;
    std::vector<std::vector<double>> before_, after_, floor_, cap_, room_, level_;  ///< [#step][...]
    std::vector<std::vector<double>> reserved_;  ///< [#step][#row] for trades that may be called
};

}  // namespace

std::vector<std::string> verify_clearing(const Region& region, const SeriesSet& series,
                                         const ClearingQuestion& question, const ClearingResult& result) {
    std::vector<std::string> faults;
    for (std::size_t feeder = 0; feeder < region.feeder_count(); ++feeder)
        if (result.feeder_fault[feeder].empty()) FeederWalk(region, series, question, result, feeder, faults).walk();
    return faults;
}

}  // namespace headroom
