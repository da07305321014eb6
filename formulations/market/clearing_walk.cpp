#include "formulations/market/clearing_walk.hpp"

#include <algorithm>
#include <cmath>

#include "formulations/market/feeder_market.hpp"
#include "formulations/market/order_rules.hpp"
#include "formulations/secure/linearised_limits.hpp"
#include "formulations/units.hpp"

namespace headroom {
namespace {

constexpr double envelope_kw = 1e-5;  // excess that envelopes may have: a solver's tolerance, spread over small entries
constexpr double money_share = 1e-9;  // of 1 + what was turned over

}  // namespace

ClearingWalk::ClearingWalk(const Region& region, const SeriesSet& series, const ClearingQuestion& question,
                           const ClearingResult& result, std::size_t feeder, std::vector<std::string>& faults)
    : region_(region),
      series_(series),
      question_(question),
      result_(result),
      feeder_(feeder),
      faults_(faults),
      allocation_(market_allocation(region, feeder, series, rows_question(question))) {
    load();
}

void ClearingWalk::walk() {
    check_envelopes();
    walk_trades();
    check_after();
    check_outcomes();
    check_claims();
    check_money();
    if (question_.mechanism == Mechanism::auction) check_trade_prices();
    if (question_.mechanism == Mechanism::auction) {
        check_tangents();
        check_prices();
    }
    for (const std::string& fault : order_rule_faults(region_, question_, trades(), first_, last_)) say(fault);
}

/// Rows, rooms, floors and caps from the case; levels before and after from the clearing.
void ClearingWalk::load() {
    const auto [first_order, end_order] = region_.feeder.order_rows(feeder_);
    first_ = static_cast<std::int32_t>(first_order);
    last_ = static_cast<std::int32_t>(end_order);
    name_positions();
    const std::size_t steps = series_.step_count();
    const auto feeder = static_cast<std::int64_t>(feeder_);
    if (question_.envelope.flow == FlowModel::linearised_ac)
        own_rows_ = linearised_limits(region_, series_, allocation_);
    else if (tap_runs(region_, feeder, series_).size() > 1)
        own_rows_ = limits_of_runs(LinearRuns(region_, feeder, series_, allocation_.question()));
    if (own_rows_) {
        row_name_ = own_rows_->names;
        for (const PackingRows& rows : own_rows_->sets) load_entries(rows);
    } else {
        row_name_ = allocation_.rows().row_names();
        load_entries(allocation_.rows().rows());
    }
    const std::vector<double> none(positions());
    for (auto* levels : {&before_, &after_, &floor_, &cap_}) levels->assign(steps, none);
    room_.resize(steps);
    FeederAllocation::Workspace work = allocation_.workspace();
    std::vector<Violation> violations;
    for (std::size_t step = 0; step < steps; ++step) {
        if (step % lane_count == 0) {
            if (set_points() || own_rows_)
                allocation_.load_pack(step, work);
            else
                allocation_.prepare_pack(step, 0, work, violations);
        }
        load_step(step, begins_with(step, work));
    }
}

/// Rooms as the market begins with, and committed forecasts.
/// @param work  loaded with the pack of the step
HeldStep ClearingWalk::begins_with(std::size_t step, const FeederAllocation::Workspace& work) const {
    const std::size_t lane = step % lane_count;
    if (own_rows_ && !set_points()) return held(allocation_, *own_rows_, step, lane, work);
    HeldStep begins{own_rows_ ? own_rows_->steps[step].room : std::vector<double>{}, {}};
    for (std::size_t at = lane; !own_rows_ && at < work.rows.room.size(); at += lane_count)
        begins.room.push_back(work.rows.room[at]);
    for (std::size_t at = lane; at < work.start.size(); at += lane_count) begins.start.push_back(work.start[at]);
    return begins;
}

void ClearingWalk::name_positions() {
    for (const LimitColumn& column : allocation_.rows().columns()) {
        const std::int64_t customer = allocation_.rows().active()[static_cast<std::size_t>(column.active)];
        if (set_points() && column.kind != LimitKind::export_power) continue;
        position_customer_.push_back(static_cast<std::size_t>(customer));
        position_kind_.push_back(set_points() ? 4 : static_cast<int>(column.kind));
    }
    for (std::size_t p = 0; p < positions(); ++p) position_of_[{position_customer_[p], position_kind_[p]}] = p;
}

void ClearingWalk::load_step(std::size_t step, const HeldStep& begins) {
    room_[step] = begins.room;
    for (std::size_t p = 0; p < positions(); ++p) {
        const std::size_t at = step * result_.customer_count + position_customer_[p];
        const auto kind = static_cast<std::size_t>(position_kind_[p]);
        const double level = result_.before[kind][at] / watt_per_kilowatt;
        before_[step][p] = level;
        after_[step][p] = result_.after[kind][at] / watt_per_kilowatt;
        if (set_points()) {
            floor_[step][p] = std::min(level, -region_.customer.import_cap[position_customer_[p]] / watt_per_kilowatt);
            cap_[step][p] = std::max(level, region_.customer.export_cap[position_customer_[p]] / watt_per_kilowatt);
        } else {
            floor_[step][p] = std::min(level, begins.start[p]);
            cap_[step][p] = std::max(level, allocation_.connection_cap(p, step));
        }
    }
}

/// The rows over positions: limits have a column each, set-points one entry for both directions.
void ClearingWalk::load_entries(const PackingRows& rows) {
    auto& entries = entries_.emplace_back(static_cast<std::size_t>(rows.row_count()));
    for (int r = 0; r < rows.row_count(); ++r)
        for (int e = rows.start[r]; e < rows.start[r + 1]; ++e) {
            const auto column = static_cast<std::size_t>(rows.column[e]);
            const LimitColumn& limit = allocation_.rows().columns()[column];
            auto& row = entries[static_cast<std::size_t>(r)];
            if (!set_points())
                row[column] += rows.value[e];
            else if (!is_reactive(limit.kind))
                row[static_cast<std::size_t>(limit.active)] +=
                    bounds_injection(limit.kind) ? rows.value[e] : -rows.value[e];
        }
}

double ClearingWalk::entry(std::size_t step, std::size_t position, std::size_t row) const {
    const auto& of_row = entries(step)[row];
    const auto found = of_row.find(position);
    return found == of_row.end() ? 0 : found->second;
}

/// kW by which levels pass rows; set-points count from where they began, and may leave a violated row as it was.
std::vector<RowExcess> ClearingWalk::beyond(std::size_t step, const std::vector<double>& level,
                                            double tolerance_kw) const {
    const PackingRows& rows = packing_rows(step);
    if (!set_points()) return verify_limits(rows, {room_[step].data()}, {level.data()}, tolerance_kw);
    std::vector<double> used(room_[step].size(), 0.0), room = room_[step];
    for (std::size_t r = 0; r < room.size(); ++r) {
        for (const auto& [p, value] : entries(step)[r]) used[r] += value * (level[p] - before_[step][p]);
        room[r] = std::max(room[r], 0.0);
        if (!reserved_.empty()) used[r] += reserved_[step][r];
    }
    return rows_beyond(rows, {room.data()}, {used.data()}, tolerance_kw);
}

void ClearingWalk::check_step(const std::string& when, std::size_t step, const std::vector<double>& level,
                              double tolerance_kw) {
    if (has_network())
        for (const RowExcess& row : beyond(step, level, tolerance_kw))
            say(fmt::format("step {} {}: limits pass row {} by {:.3g} kW", step, when, row.row, row.excess_kw));
    for (std::size_t p = 0; p < positions(); ++p)
        if (!(level[p] <= cap_[step][p] + rounding_of_trades_kw && level[p] >= floor_[step][p] - rounding_of_trades_kw))
            say(fmt::format("step {} {}: customer '{}' stands at {:.6g} kW, outside {:.6g} to {:.6g}", step, when,
                            region_.customer.id[position_customer_[p]], level[p], floor_[step][p], cap_[step][p]));
}

/// Envelopes may pass a row by what their certificate lets pass; the market must not make it worse.
void ClearingWalk::check_envelopes() {
    for (std::size_t step = 0; step < before_.size(); ++step) {
        if (!is_open(step)) continue;
        if (own_rows_ && !own_rows_->steps[step].has_rows)
            say(fmt::format("step {}: is open, and its base case has no power flow or no derivatives", step));
        check_step("before the market", step, before_[step], envelope_kw);
        if (set_points()) continue;
        for (std::size_t r = 0; r < room_[step].size(); ++r) {
            double used = 0;
            for (const auto& [p, value] : entries(step)[r]) used += value * before_[step][p];
            room_[step][r] = std::max(room_[step][r], used);
        }
    }
}

void ClearingWalk::check_levels(const std::string& when, const std::vector<std::vector<double>>& level) {
    for (std::size_t step = 0; step < level.size(); ++step)
        if (is_open(step)) check_step(when, step, level[step], secure_kw);
}

std::optional<std::size_t> ClearingWalk::position_of(std::int32_t order, TradedLimit limit) const {
    const auto customer = static_cast<std::size_t>(region_.order.customer[static_cast<std::size_t>(order)]);
    const auto found = position_of_.find({customer, position_kind(limit)});
    return found == position_of_.end() ? std::nullopt : std::optional(found->second);
}

/// Every trade moves the levels; a continuous market must be secure after each.
void ClearingWalk::walk_trades() {
    level_ = before_;
    reserved_ = room_;
    for (std::vector<double>& row : reserved_) std::ranges::fill(row, 0.0);
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
            check_step(fmt::format("after trade {}", k), step, level_[step], secure_kw);
    }
}

/// A trade that may be called keeps room in the rows that it would fill.
void ClearingWalk::reserve(std::size_t step, const Trade& trade) {
    const auto buyer = position_of(trade.buy, trade.limit), seller = position_of(trade.sell, trade.limit);
    if (!buyer || !seller) return;
    const double sign = raises(trade.limit, OrderSide::buy) ? 1.0 : -1.0;
    for (std::size_t r = 0; r < reserved_[step].size(); ++r) {
        const double moved = sign * (entry(step, *buyer, r) - entry(step, *seller, r));
        reserved_[step][r] += std::max(moved, 0.0) * trade.quantity;
    }
}

void ClearingWalk::check_after() {
    for (std::size_t step = 0; step < level_.size(); ++step) {
        if (!is_open(step)) continue;
        for (std::size_t p = 0; p < positions(); ++p)
            if (!(std::abs(level_[step][p] - after_[step][p]) <= rounding_of_trades_kw))
                say(fmt::format("step {}: customer '{}' stands at {:.9g} kW after its trades, stored are {:.9g}", step,
                                region_.customer.id[position_customer_[p]], level_[step][p], after_[step][p]));
    }
    check_levels("after the market", after_);
}

void ClearingWalk::check_outcomes() {
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
        if (!(std::abs(stored - traded) <= rounding_of_trades_kw))
            say(fmt::format("order '{}': {:.9g} kW accepted, its trades make {:.9g}", name(order), stored, traded));
    }
}

void ClearingWalk::check_money() {
    const std::size_t steps = series_.step_count();
    std::map<std::pair<std::size_t, std::size_t>, double> cash;
    struct Money {
        double surplus = 0, welfare = 0, turnover = 0;
    };
    std::vector<Money> sums(steps);
    for (const Trade& trade : trades()) {
        const auto step = static_cast<std::size_t>(trade.step);
        const double mwh = trade.quantity / kilowatt_per_megawatt * series_.hours(step);
        const auto pass = [&](std::int32_t order, double direction, double price) {
            if (order < 0) return;
            const auto o = static_cast<std::size_t>(order);
            cash[{step, static_cast<std::size_t>(region_.order.customer[o])}] += direction * price * mwh;
            sums[step].surplus -= direction * price * mwh;
            sums[step].welfare -= direction * region_.order.price[o] * mwh;
            sums[step].turnover += std::abs(price * mwh);
        };
        pass(trade.buy, -1, trade.buy_price);
        pass(trade.sell, 1, trade.sell_price);
    }
    for (std::size_t step = 0; step < steps; ++step) {
        if (!is_open(step)) continue;
        const double rounding = money_share * (1 + sums[step].turnover);
        compare("welfare", step, result_.welfare[item(step)], sums[step].welfare, rounding);
        compare("operator's surplus", step, result_.operator_surplus[item(step)], sums[step].surplus, rounding);
        for (auto k = region_.feeder.customer_offset[feeder_]; k < region_.feeder.customer_offset[feeder_ + 1]; ++k) {
            const auto customer = static_cast<std::size_t>(k);
            const auto found = cash.find({step, customer});
            compare(fmt::format("cash of customer '{}'", region_.customer.id[customer]), step,
                    result_.cash[step * result_.customer_count + customer], found == cash.end() ? 0 : found->second,
                    rounding);
        }
    }
}

void ClearingWalk::compare(const std::string& what, std::size_t step, double stored, double found, double rounding) {
    if (!(std::abs(stored - found) <= rounding))
        say(fmt::format("step {}: {} is {:.9g} {}, its trades make {:.9g}", step, what, stored, region_.currency,
                        found));
}

}  // namespace headroom
