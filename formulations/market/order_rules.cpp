#include "formulations/market/order_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "formulations/units.hpp"

namespace headroom {
namespace {

constexpr double rounding_of_shares = 1e-6;

class Rules {
public:
    Rules(const Region& region, const ClearingQuestion& question, std::span<const Trade> trades, std::int32_t first,
          std::int32_t last)
        : orders_(region.order), question_(question), trades_(trades), first_(first), last_(last) {
        for (std::int32_t order = first; order < last; ++order)
            if (const std::int32_t block = orders_.block[static_cast<std::size_t>(order)]; block >= 0) {
                Age& latest = block_age_.try_emplace(block, own_age(order)).first->second;
                latest = std::max(latest, own_age(order));
            }
    }

    std::vector<std::string> judge() {
        for (std::size_t k = 0; k < trades_.size(); ++k) judge_trade(k);
        for (std::int32_t order = first_; order < last_; ++order) judge_order(order);
        judge_blocks();
        judge_groups();
        judge_parents();
        return std::move(faults_);
    }

private:
    using Place = std::pair<std::int32_t, std::int32_t>;  // order, step
    struct Filled {
        double quantity;
        std::int64_t first_time, last_time;
    };

    bool continuous() const { return question_.mechanism == Mechanism::continuous; }
    const std::string& name(std::int32_t order) const { return orders_.id[static_cast<std::size_t>(order)]; }
    double quantity(std::int32_t order) const {
        return orders_.quantity[static_cast<std::size_t>(order)] / watt_per_kilowatt;
    }
    template <class... Arguments> void say(fmt::format_string<Arguments...> text, Arguments&&... arguments) {
        faults_.push_back(fmt::format(text, std::forward<Arguments>(arguments)...));
    }
    double filled(std::int32_t order, std::int32_t step) const {
        const auto found = filled_.find({order, step});
        return found == filled_.end() ? 0 : found->second.quantity;
    }

    void judge_trade(std::size_t k) {
        const Trade& trade = trades_[k];
        if (!(trade.quantity > 0)) say("trade {}: quantity {} kW", k, trade.quantity);
        const bool has_pair = trade.buy >= 0 && trade.sell >= 0;
        if (has_pair != continuous())
            say("trade {}: a pair of orders belongs to a continuous market, and only there", k);
        for (const auto& [order, side] :
             {std::pair(trade.buy, OrderSide::buy), std::pair(trade.sell, OrderSide::sell)}) {
            if (order < 0) continue;
            if (order < first_ || order >= last_) {
                say("trade {}: order {} is none of this feeder", k, order);
                return;
            }
            judge_side(k, order, side);
        }
        if (!has_pair) return;
        const auto buy = static_cast<std::size_t>(trade.buy), sell = static_cast<std::size_t>(trade.sell);
        if (orders_.customer[buy] == orders_.customer[sell]) say("trade {}: a customer trades with itself", k);
        judge_price(k);
        judge_fill(k, trade.buy);
        judge_fill(k, trade.sell);
    }

    void judge_side(std::size_t k, std::int32_t order, OrderSide side) {
        const Trade& trade = trades_[k];
        const auto o = static_cast<std::size_t>(order);
        if (orders_.side[o] != side) say("trade {}: order '{}' is on the other side", k, name(order));
        if (orders_.limit[o] != trade.limit) say("trade {}: order '{}' is about another limit", k, name(order));
        if (trade.step < orders_.first_step[o] || trade.step > orders_.last_step[o])
            say("trade {}: order '{}' does not stand in step {}", k, name(order), trade.step);
        if (continuous() && (trade.time < orders_.arrival[o] || trade.time >= orders_.expiry[o]))
            say("trade {}: order '{}' is not there at its time", k, name(order));
        if (continuous() && orders_.time_in_force[o] != TimeInForce::good_till_expiry && orders_.block[o] < 0
            && trade.time != orders_.arrival[o])
            say("trade {}: order '{}' trades on arrival or never", k, name(order));
        const double price = side == OrderSide::buy ? trade.buy_price : trade.sell_price;
        const double worse = side == OrderSide::buy ? price - orders_.price[o] : orders_.price[o] - price;
        const bool fits = worse <= 1e-12 * std::abs(orders_.price[o]) + 1e-9;
        if (!fits && continuous()) say("trade {}: price {} is worse than that of order '{}'", k, price, name(order));
        const auto [found, is_new] = filled_.try_emplace({order, trade.step}, Filled{0, trade.time, trade.time});
        Filled& fills = found->second;
        fills.quantity += trade.quantity;
        fills.first_time = std::min(fills.first_time, trade.time);
        fills.last_time = std::max(fills.last_time, trade.time);
    }

    /// The older order sets the price; with two prices each its own.
    void judge_price(std::size_t k) {
        const Trade& trade = trades_[k];
        const auto buy = static_cast<std::size_t>(trade.buy), sell = static_cast<std::size_t>(trade.sell);
        if (question_.continuous.two_price) {
            if (trade.buy_price != orders_.price[buy] || trade.sell_price != orders_.price[sell])
                say("trade {}: with two prices each side has its own", k);
            return;
        }
        const bool buy_is_older = age(trade.buy) < age(trade.sell);
        const double price = buy_is_older ? orders_.price[buy] : orders_.price[sell];
        if (trade.buy_price != price || trade.sell_price != price)
            say("trade {}: priced {} and {}, the older order says {}", k, trade.buy_price, trade.sell_price, price);
    }

    /// When an order arrives, and which came first of those that arrive together.
    using Age = std::pair<std::int64_t, std::int32_t>;
    Age own_age(std::int32_t order) const { return {orders_.arrival[static_cast<std::size_t>(order)], order}; }
    /// The orders of a block arrive with the last of them.
    Age age(std::int32_t order) const {
        const auto found = block_age_.find(orders_.block[static_cast<std::size_t>(order)]);
        return found == block_age_.end() ? own_age(order) : found->second;
    }

    bool is_whole(std::int32_t order) const { return orders_.is_whole(static_cast<std::size_t>(order)); }

    void judge_fill(std::size_t k, std::int32_t order) {
        const Trade& trade = trades_[k];
        const auto o = static_cast<std::size_t>(order);
        if (is_whole(order)) return;
        const double before = filled(order, trade.step) - trade.quantity, rest = quantity(order) - before;
        if (trade.quantity < orders_.min_fill[o] / watt_per_kilowatt - rounding_of_trades_kw
            && trade.quantity < rest - 2e-5)
            say("trade {}: {} kW of order '{}' is less than its smallest fill", k, trade.quantity, name(order));
    }

    void judge_order(std::int32_t order) {
        const auto o = static_cast<std::size_t>(order);
        for (std::int32_t step = orders_.first_step[o]; step <= orders_.last_step[o]; ++step) {
            const double got = filled(order, step);
            if (got > quantity(order) + rounding_of_trades_kw)
                say("order '{}': {} kW in step {}, more than its {} kW", name(order), got, step, quantity(order));
            if (got <= 0) continue;
            if (is_whole(order) && got < quantity(order) - 2e-5)
                say("order '{}': {} kW in step {}, all {} kW or nothing was asked", name(order), got, step,
                    quantity(order));
            if (!continuous()
                && got < std::min(orders_.min_fill[o] / watt_per_kilowatt, quantity(order)) - rounding_of_trades_kw)
                say("order '{}': {} kW in step {} is less than its smallest acceptance", name(order), got, step);
            const Filled& fills = filled_.at({order, step});
            if (is_whole(order) && continuous() && fills.first_time != fills.last_time)
                say("order '{}': its parts trade at several times", name(order));
        }
    }

    double share(std::int32_t order) const {
        return filled(order, orders_.first_step[static_cast<std::size_t>(order)]) / quantity(order);
    }

    void judge_blocks() {
        std::map<std::int32_t, std::pair<double, double>> shares;  // least and most
        for (std::int32_t order = first_; order < last_; ++order) {
            const auto o = static_cast<std::size_t>(order);
            if (orders_.block[o] < 0) continue;
            for (std::int32_t step = orders_.first_step[o]; step <= orders_.last_step[o]; ++step) {
                const double got = filled(order, step) / quantity(order);
                auto [entry, is_new] = shares.try_emplace(orders_.block[o], got, got);
                entry->second = {std::min(entry->second.first, got), std::max(entry->second.second, got)};
            }
        }
        for (const auto& [block, range] : shares)
            if (range.second > 0 && range.first < 0.99)
                say("block {}: some of its legs trade and others do not", block);
    }

    void judge_groups() {
        std::map<std::int32_t, double> sums;
        std::set<std::pair<std::int32_t, std::int32_t>> counted;
        for (std::int32_t order = first_; order < last_; ++order) {
            const auto o = static_cast<std::size_t>(order);
            if (orders_.exclusive_group[o] < 0) continue;
            if (orders_.block[o] >= 0 && !counted.emplace(orders_.exclusive_group[o], orders_.block[o]).second)
                continue;
            sums[orders_.exclusive_group[o]] += share(order);
        }
        for (const auto& [group, sum] : sums)
            if (sum > 1 + rounding_of_shares) say("exclusive group {}: shares of {} are accepted", group, sum);
    }

    void judge_parents() {
        for (std::int32_t order = first_; order < last_; ++order) {
            const std::int32_t parent = orders_.parent[static_cast<std::size_t>(order)];
            if (parent >= 0 && share(order) > share(parent) + rounding_of_shares)
                say("order '{}': accepted to {}, its parent '{}' to {}", name(order), share(order), name(parent),
                    share(parent));
        }
    }

    const OrderColumns& orders_;
    const ClearingQuestion& question_;
    std::span<const Trade> trades_;
    std::int32_t first_, last_;
    std::map<std::int32_t, Age> block_age_;
    std::map<Place, Filled> filled_;
    std::vector<std::string> faults_;
};

}  // namespace

std::vector<std::string> order_rule_faults(const Region& region, const ClearingQuestion& question,
                                           std::span<const Trade> trades, std::int32_t first, std::int32_t last) {
    return Rules(region, question, trades, first, last).judge();
}

}  // namespace headroom
