#include "tests/support/plain_market.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace headroom::test {
namespace {

constexpr double nothing = 1e-5;
constexpr double rounding = 1e-9;

}  // namespace

PlainMarket::PlainMarket(const Region& region, const MarketCase& market_case, bool rescan)
    : region_(region), market_(market_case.market()), rescan_(rescan) {
    for (std::size_t step = 0; step < market_.step_count; ++step) {
        level_.emplace_back();
        for (int p = 0; p < market_.rows.position_count(); ++p) level_.back().push_back(market_.at(step, p).level);
    }
}

double PlainMarket::level(std::size_t step, std::int32_t p) const { return level_[step][static_cast<std::size_t>(p)]; }

int PlainMarket::position(const Part& part) const {
    const auto o = static_cast<std::size_t>(part.order);
    return market_.position_of(region_.order.customer[o], region_.order.limit[o]);
}

bool PlainMarket::is_whole(std::int32_t order) const {
    const auto o = static_cast<std::size_t>(order);
    return region_.order.block[o] >= 0 || region_.order.all_or_none[o] != 0
           || region_.order.time_in_force[o] == TimeInForce::fill_or_kill;
}

bool PlainMarket::expired(const Part& part) const {
    const OrderColumns& orders = region_.order;
    std::int64_t expiry = orders.expiry[static_cast<std::size_t>(part.order)];
    if (part.bundle >= 0)
        for (const int k : bundles_[static_cast<std::size_t>(part.bundle)])
            expiry =
                std::min(expiry, orders.expiry[static_cast<std::size_t>(parts_[static_cast<std::size_t>(k)].order)]);
    return expiry <= now_;
}

/// Accepted share of an order that stands in one step, or of the block it is part of.
double PlainMarket::share(std::int32_t order) const {
    for (const Part& part : parts_)
        if (part.order == order)
            return 1 - part.remaining / (region_.order.quantity[static_cast<std::size_t>(order)] / 1e3);
    return 0;
}

/// Whether the order is of the block whose legs are being filled.
bool PlainMarket::is_tried(std::int32_t order) const {
    return std::ranges::any_of(
        parts_, [&](const Part& part) { return tried_ >= 0 && part.order == order && part.bundle == tried_; });
}

double PlainMarket::available(const Part& part) const {
    const OrderColumns& orders = region_.order;
    const auto o = static_cast<std::size_t>(part.order);
    double left = 1;
    if (orders.exclusive_group[o] >= 0) {
        std::set<std::int32_t> counted_blocks;
        for (std::size_t other = 0; other < orders.size(); ++other) {
            if (other == o || orders.exclusive_group[other] != orders.exclusive_group[o]) continue;
            if (orders.block[other] >= 0
                && (orders.block[other] == orders.block[o] || !counted_blocks.insert(orders.block[other]).second))
                continue;
            left -= is_tried(static_cast<std::int32_t>(other)) ? 1 : share(static_cast<std::int32_t>(other));
        }
    }
    const std::int32_t parent = orders.parent[o];
    const bool of_one_block =
        parent >= 0 && orders.block[o] >= 0 && orders.block[o] == orders.block[static_cast<std::size_t>(parent)];
    if (parent >= 0 && !of_one_block) left = std::min(left, share(parent));
    if (is_whole(part.order)) return left > 1 - rounding ? part.remaining : 0;
    const double quantity = orders.quantity[o] / 1e3;
    return std::min(part.remaining, left * quantity - (quantity - part.remaining));
}

bool PlainMarket::refused(std::int32_t order) const {
    const OrderColumns& orders = region_.order;
    const auto o = static_cast<std::size_t>(order);
    const int p = market_.position_of(orders.customer[o], orders.limit[o]);
    for (std::int32_t step = orders.first_step[o]; step <= orders.last_step[o]; ++step) {
        const auto s = static_cast<std::size_t>(step);
        if (p < 0 || market_.open[s] == 0) return true;
        const double now = level(s, p), quantity = orders.quantity[o] / 1e3;
        if (raises(orders.limit[o], orders.side[o])) {
            if (now + quantity > market_.at(s, p).cap + rounding) return true;
            continue;
        }
        double promised = 0;
        for (const Part& part : parts_) {
            const auto other = static_cast<std::size_t>(part.order);
            if (part.resting && !expired(part) && part.step == step && position(part) == p
                && !raises(orders.limit[other], orders.side[other]))
                promised += part.remaining;
        }
        if (now - promised - quantity < market_.at(s, p).floor - rounding) return true;
    }
    return false;
}

/// What the other side of the book has at prices that cross, by price, then by age.
std::vector<int> PlainMarket::candidates(const Part& part) const {
    const OrderColumns& orders = region_.order;
    const auto o = static_cast<std::size_t>(part.order);
    std::vector<int> found;
    for (std::size_t k = 0; k < parts_.size(); ++k) {
        const auto other = static_cast<std::size_t>(parts_[k].order);
        if (!parts_[k].resting || parts_[k].step != part.step || orders.limit[other] != orders.limit[o]
            || orders.side[other] == orders.side[o] || orders.customer[other] == orders.customer[o]
            || expired(parts_[k]))
            continue;
        const double buy = orders.side[o] == OrderSide::buy ? orders.price[o] : orders.price[other],
                     sell = orders.side[o] == OrderSide::buy ? orders.price[other] : orders.price[o];
        if (buy >= sell) found.push_back(static_cast<int>(k));
    }
    const double better = orders.side[o] == OrderSide::buy ? 1 : -1;
    std::ranges::stable_sort(found, [&](int a, int b) {
        const Part &x = parts_[static_cast<std::size_t>(a)], &y = parts_[static_cast<std::size_t>(b)];
        const double px = better * orders.price[static_cast<std::size_t>(x.order)],
                     py = better * orders.price[static_cast<std::size_t>(y.order)];
        return px != py ? px < py : x.age < y.age;
    });
    return found;
}

/// What the rows leave, from the limits as they stand.
double PlainMarket::room(int a, int b) const {
    const Part &x = parts_[static_cast<std::size_t>(a)], &y = parts_[static_cast<std::size_t>(b)];
    const auto o = static_cast<std::size_t>(x.order);
    const bool up_is_x = raises(region_.order.limit[o], region_.order.side[o]);
    const int up = position(up_is_x ? x : y), down = position(up_is_x ? y : x);
    const auto step = static_cast<std::size_t>(x.step);
    const MarketRows& rows = market_.rows;
    double least =
        std::min(market_.at(step, up).cap - level(step, up), level(step, down) - market_.at(step, down).floor);
    for (int r = 0; r < rows.row_count(); ++r) {
        const double difference = rows.entry(up, r) - rows.entry(down, r);
        if (difference <= 1e-12) continue;
        double rest = market_.rest_of(step)[r];
        for (int p = 0; p < rows.position_count(); ++p)
            rest -= rows.entry(p, r) * (level(step, p) - market_.at(step, p).level);
        least = std::min(least, rest / difference);
    }
    return least;
}

double PlainMarket::allowed(int a, int b) const {
    const Part &x = parts_[static_cast<std::size_t>(a)], &y = parts_[static_cast<std::size_t>(b)];
    const std::int32_t group = region_.order.exclusive_group[static_cast<std::size_t>(x.order)];
    if (group >= 0 && group == region_.order.exclusive_group[static_cast<std::size_t>(y.order)]) return 0;
    const double quantity = std::min({available(x), available(y), room(a, b)});
    if (quantity < nothing) return 0;
    for (const Part* part : {&x, &y}) {
        const double least = region_.order.min_fill[static_cast<std::size_t>(part->order)] / 1e3;
        if (part->bundle < 0 && quantity < least - rounding && quantity <= part->remaining - nothing) return 0;
    }
    return quantity;
}

void PlainMarket::trade(int a, int b, double quantity) {
    const OrderColumns& orders = region_.order;
    Part &x = parts_[static_cast<std::size_t>(a)], &y = parts_[static_cast<std::size_t>(b)];
    const bool x_buys = orders.side[static_cast<std::size_t>(x.order)] == OrderSide::buy;
    const Part &buyer = x_buys ? x : y, &seller = x_buys ? y : x, &older = x.age < y.age ? x : y;
    const TradedLimit limit = orders.limit[static_cast<std::size_t>(x.order)];
    const double price = orders.price[static_cast<std::size_t>(older.order)];
    trades_.push_back({now_, x.step, limit, buyer.order, seller.order, quantity, price, price});
    const bool buyer_up = raises(limit, OrderSide::buy);
    auto& levels = level_[static_cast<std::size_t>(x.step)];
    levels[static_cast<std::size_t>(position(buyer_up ? buyer : seller))] += quantity;
    levels[static_cast<std::size_t>(position(buyer_up ? seller : buyer))] -= quantity;
    for (Part* part : {&x, &y}) {
        part->remaining -= quantity;
        if (part->remaining < nothing) part->resting = false;
        for (const Part& child : parts_)
            if (orders.parent[static_cast<std::size_t>(child.order)] == part->order) touched_.push_back(child.step);
    }
    touched_.push_back(x.step);
}

bool PlainMarket::walk(int k) {
    bool traded = false;
    const auto index = static_cast<std::size_t>(k);
    for (const int other : candidates(parts_[index])) {
        Part& candidate = parts_[static_cast<std::size_t>(other)];
        if (parts_[index].remaining < nothing) break;
        if (!candidate.resting) continue;
        if (candidate.bundle >= 0) {
            parts_[index].resting = true;
            traded = fill_whole(candidate.bundle) || traded;
            parts_[index].resting = false;
            continue;
        }
        const double quantity = allowed(k, other);
        if (quantity <= 0) continue;
        trade(k, other, quantity);
        traded = true;
    }
    return traded;
}

bool PlainMarket::fill_whole(int bundle) {
    const PlainMarket before = *this;
    const std::vector<int> legs = bundles_[static_cast<std::size_t>(bundle)];
    bool filled = true;
    tried_ = bundle;
    for (const int leg : legs) filled = filled && available(parts_[static_cast<std::size_t>(leg)]) > 0;
    for (const int leg : legs) {
        if (!filled) break;
        const auto index = static_cast<std::size_t>(leg);
        for (const int other : candidates(parts_[index])) {
            const Part& candidate = parts_[static_cast<std::size_t>(other)];
            if (parts_[index].remaining < nothing) break;
            const bool single =
                candidate.bundle < 0
                || (candidate.bundle != bundle && bundles_[static_cast<std::size_t>(candidate.bundle)].size() == 1);
            if (!single) continue;
            const double quantity = allowed(leg, other);
            if (quantity <= 0 || (candidate.bundle >= 0 && quantity <= candidate.remaining - nothing)) continue;
            trade(leg, other, quantity);
        }
        filled = parts_[index].remaining < nothing;
    }
    tried_ = -1;
    if (!filled) {
        level_ = before.level_;
        parts_ = before.parts_;
        trades_ = before.trades_;
        touched_ = before.touched_;
        return false;
    }
    for (const int leg : legs) parts_[static_cast<std::size_t>(leg)].resting = false;
    return true;
}

bool PlainMarket::pair_trades() {
    for (std::size_t t = 0; t < touched_.size(); ++t)
        for (int limit = 0; limit < traded_limit_count; ++limit) {
            std::vector<int> buys;
            for (std::size_t k = 0; k < parts_.size(); ++k) {
                const auto o = static_cast<std::size_t>(parts_[k].order);
                if (parts_[k].resting && parts_[k].bundle < 0 && parts_[k].step == touched_[t] && !expired(parts_[k])
                    && region_.order.limit[o] == static_cast<TradedLimit>(limit)
                    && region_.order.side[o] == OrderSide::buy)
                    buys.push_back(static_cast<int>(k));
            }
            const auto key = [&](int k) {
                const Part& part = parts_[static_cast<std::size_t>(k)];
                return std::pair(-region_.order.price[static_cast<std::size_t>(part.order)], part.age);
            };
            std::ranges::stable_sort(buys, {}, key);
            for (const int buy : buys)
                for (const int sell : candidates(parts_[static_cast<std::size_t>(buy)])) {
                    if (parts_[static_cast<std::size_t>(sell)].bundle >= 0) continue;
                    const double quantity = allowed(buy, sell);
                    if (quantity <= 0) continue;
                    trade(buy, sell, quantity);
                    return true;
                }
        }
    return false;
}

bool PlainMarket::bundle_trades() {
    std::map<std::pair<int, int>, int> by_age;
    for (std::size_t b = 0; b < bundles_.size(); ++b)
        for (const int leg : bundles_[b]) {
            const Part& part = parts_[static_cast<std::size_t>(leg)];
            if (part.resting && !expired(part) && std::ranges::find(touched_, part.step) != touched_.end())
                by_age[{part.age, static_cast<int>(b)}] = static_cast<int>(b);
        }
    return std::ranges::any_of(by_age, [&](const auto& entry) { return fill_whole(entry.second); });
}

void PlainMarket::rescan() {
    while (pair_trades() || bundle_trades()) {}
}

void PlainMarket::run() {
    const OrderColumns& orders = region_.order;
    std::map<std::int32_t, std::int32_t> missing;
    std::map<std::int32_t, bool> spoiled;
    std::map<std::int32_t, int> bundle_of_block;
    for (const std::int32_t block : orders.block) ++missing[block];
    for (std::int32_t order = 0; order < static_cast<std::int32_t>(orders.size()); ++order) {
        const auto o = static_cast<std::size_t>(order);
        now_ = orders.arrival[o];
        const std::int32_t block = orders.block[o];
        if (block >= 0) --missing[block];
        if (block >= 0 && !bundle_of_block.contains(block)) {
            bundle_of_block[block] = static_cast<int>(bundles_.size());
            bundles_.emplace_back();
        }
        if (refused(order) || (block >= 0 && spoiled[block])) {
            if (block >= 0) spoiled[block] = true;
            continue;
        }
        const int first = static_cast<int>(parts_.size());
        for (std::int32_t step = orders.first_step[o]; step <= orders.last_step[o]; ++step)
            parts_.push_back({order, step, orders.quantity[o] / 1e3, -1, order, false});
        const int last = static_cast<int>(parts_.size());
        std::vector<int> arriving_bundles;
        if (block >= 0) {
            auto& legs = bundles_[static_cast<std::size_t>(bundle_of_block[block])];
            for (int k = first; k < last; ++k) legs.push_back(k);
            if (missing[block] > 0) continue;
            std::ranges::stable_sort(legs, {}, [&](int k) { return parts_[static_cast<std::size_t>(k)].step; });
            for (const int k : legs) {
                parts_[static_cast<std::size_t>(k)].age = order;
                parts_[static_cast<std::size_t>(k)].bundle = bundle_of_block[block];
            }
            arriving_bundles.push_back(bundle_of_block[block]);
        } else if (is_whole(order)) {
            for (int k = first; k < last; ++k) {
                parts_[static_cast<std::size_t>(k)].bundle = static_cast<int>(bundles_.size());
                arriving_bundles.push_back(static_cast<int>(bundles_.size()));
                bundles_.push_back({k});
            }
        }
        for (const int b : arriving_bundles) {
            touched_.clear();
            const bool traded = fill_whole(b);
            bool kill = false;
            for (const int k : bundles_[static_cast<std::size_t>(b)])
                kill = kill
                       || orders.time_in_force[static_cast<std::size_t>(parts_[static_cast<std::size_t>(k)].order)]
                              != TimeInForce::good_till_expiry;
            for (const int k : bundles_[static_cast<std::size_t>(b)])
                parts_[static_cast<std::size_t>(k)].resting = !traded && !kill;
            if (traded && rescan_) rescan();
            check_security();
        }
        for (int k = first; k < last && arriving_bundles.empty(); ++k) {
            touched_.clear();
            const bool traded = walk(k);
            Part& part = parts_[static_cast<std::size_t>(k)];
            part.resting = part.remaining >= nothing && orders.time_in_force[o] != TimeInForce::immediate_or_cancel;
            if (traded && rescan_) rescan();
            check_security();
        }
    }
}

void PlainMarket::check_security() {
    const MarketRows& rows = market_.rows;
    for (std::size_t step = 0; step < market_.step_count; ++step) {
        if (market_.open[step] == 0) continue;
        for (int r = 0; r < rows.row_count(); ++r) {
            double rest = std::max(market_.rest_of(step)[r], 0.0);
            for (int p = 0; p < rows.position_count(); ++p)
                rest -= rows.entry(p, r) * (level(step, p) - market_.at(step, p).level);
            worst_excess_ = std::max(worst_excess_, -rest);
        }
        for (int p = 0; p < rows.position_count(); ++p)
            worst_excess_ = std::max(
                {worst_excess_, level(step, p) - market_.at(step, p).cap, market_.at(step, p).floor - level(step, p)});
    }
}

}  // namespace headroom::test
