#include "formulations/market/continuous_market.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>

#include "formulations/units.hpp"

namespace headroom {
namespace {

/// Numbers the groups of a column from 0 in order of first appearance.
std::vector<std::int32_t> numbered(const std::vector<std::int32_t>& column, std::int32_t first, std::int32_t last,
                                   std::size_t& count) {
    std::map<std::int32_t, std::int32_t> number;
    std::vector<std::int32_t> result;
    for (std::int32_t k = first; k < last; ++k) {
        const std::int32_t label = column[static_cast<std::size_t>(k)];
        result.push_back(label < 0 ? -1
                                   : number.emplace(label, static_cast<std::int32_t>(number.size())).first->second);
    }
    count = number.size();
    return result;
}

}  // namespace

ContinuousMarket::ContinuousMarket(const FeederMarket& market, const OrderColumns& orders, std::int32_t first,
                                   std::int32_t last, const ContinuousSettings& settings)
    : market_(market),
      orders_(orders),
      first_(first),
      last_(last),
      settings_(settings),
      rest_(market.rest),
      book_(market.step_count * traded_limit_count * 2),
      bundles_of_step_(market.step_count),
      blocked_(blocked_size) {
    level_ = market.levels();
    set_aside_.assign(level_.size(), 0.0);
    const auto count = static_cast<std::size_t>(last - first);
    first_leg_.assign(count, -1);
    outcome_.resize(count);
    children_.resize(count);
    number_links();
}

void ContinuousMarket::number_links() {
    std::size_t blocks = 0, groups = 0;
    block_of_ = numbered(orders_.block, first_, last_, blocks);
    group_of_ = numbered(orders_.exclusive_group, first_, last_, groups);
    blocks_.resize(blocks);
    group_used_.assign(groups, 0.0);
    for (std::int32_t k = first_; k < last_; ++k) {
        if (block_of_[index(k)] >= 0) ++blocks_[static_cast<std::size_t>(block_of_[index(k)])].missing;
        const std::int32_t parent = orders_.parent[static_cast<std::size_t>(k)];
        if (parent >= 0) children_[index(parent)].push_back(k);
    }
}

void ContinuousMarket::run() {
    std::vector<std::int32_t> order(static_cast<std::size_t>(last_ - first_));
    std::iota(order.begin(), order.end(), first_);
    std::ranges::stable_sort(order, {}, [&](std::int32_t k) { return orders_.arrival[static_cast<std::size_t>(k)]; });
    for (const std::int32_t k : order) submit(k);
}

void ContinuousMarket::submit(std::int32_t order) {
    const auto o = static_cast<std::size_t>(order);
    now_ = orders_.arrival[o];
    ++age_;
    drop_expired();
    if (block_of_[index(order)] >= 0) return submit_part_of_block(order);
    if (refuses(order)) return;
    const bool kill = orders_.time_in_force[o] != TimeInForce::good_till_expiry;  // all at once leaves no rest
    const bool whole = orders_.is_whole(o);
    first_leg_[index(order)] = static_cast<std::int32_t>(legs_.size());
    for (std::int32_t step = orders_.first_step[o]; step <= orders_.last_step[o]; ++step) add_leg(order, step);
    for (std::int32_t step = orders_.first_step[o]; step <= orders_.last_step[o]; ++step) {
        const std::int32_t k = first_leg_[index(order)] + step - orders_.first_step[o];
        if (!whole) {
            arrive(k);
            continue;
        }
        const std::int32_t b = add_bundle(kill);
        join_bundle(b, order, k);
        arrive_bundle(b);
    }
}

/// The orders of a block wait for the last of them; with it they arrive together.
void ContinuousMarket::submit_part_of_block(std::int32_t order) {
    const auto o = static_cast<std::size_t>(order);
    Block& block = blocks_[static_cast<std::size_t>(block_of_[index(order)])];
    --block.missing;
    if (block.bundle < 0) block.bundle = add_bundle(false);
    Bundle& parts = bundle(block.bundle);
    if (block.refused) {
        outcome_[index(order)] = {OrderStatus::refused, OrderRefusal::block_refused, -1, 0};
        return;
    }
    if (refuses(order)) {
        block.refused = true;
        for (const std::int32_t other : parts.orders)
            outcome_[index(other)] = {OrderStatus::refused, OrderRefusal::block_refused, -1, 0};
        return;
    }
    parts.kill = parts.kill || orders_.time_in_force[o] == TimeInForce::fill_or_kill;
    first_leg_[index(order)] = static_cast<std::int32_t>(legs_.size());
    parts.orders.push_back(order);
    for (std::int32_t step = orders_.first_step[o]; step <= orders_.last_step[o]; ++step) {
        const std::int32_t k = add_leg(order, step);
        leg(k).bundle = block.bundle;
        bundle(block.bundle).legs.push_back(k);
    }
    if (block.missing > 0) return;
    Bundle& whole = bundle(block.bundle);
    std::ranges::stable_sort(whole.legs, {}, [&](std::int32_t k) { return leg(k).step; });
    std::int64_t expiry = OrderColumns::never;
    for (const std::int32_t k : whole.legs) expiry = std::min(expiry, leg(k).expiry);
    for (const std::int32_t k : whole.legs) {
        leg(k).age = age_;
        leg(k).expiry = expiry;
    }
    if (expiry <= now_) return;  // one of its orders did not live to see the last
    arrive_bundle(block.bundle);
}

/// What is wrong with the order at the door; its outcome then says so.
bool ContinuousMarket::refuses(std::int32_t order) {
    const auto o = static_cast<std::size_t>(order);
    const auto refuse = [&](OrderRefusal rule, std::int32_t step) {
        outcome_[index(order)] = {OrderStatus::refused, rule, step, 0};
        return true;
    };
    const std::int32_t position = market_.position_of(orders_.customer[o], orders_.limit[o]);
    if (position < 0) return refuse(OrderRefusal::not_in_market, -1);
    const double quantity = orders_.quantity[o] / watt_per_kilowatt;
    for (std::int32_t step = orders_.first_step[o]; step <= orders_.last_step[o]; ++step) {
        const auto s = static_cast<std::size_t>(step);
        if (s >= market_.step_count || market_.open[s] == 0) return refuse(OrderRefusal::step_closed, step);
        const std::size_t at = place(s, position);
        if (raises(orders_.limit[o], orders_.side[o])) {
            if (level_[at] + quantity > market_.place[at].cap + quantity_rounding)
                return refuse(OrderRefusal::beyond_cap, step);
        } else if (level_[at] - set_aside_[at] - quantity < market_.place[at].floor - quantity_rounding) {
            return refuse(OrderRefusal::beyond_envelope, step);
        }
    }
    return false;
}

std::int32_t ContinuousMarket::add_leg(std::int32_t order, std::int32_t step) {
    const auto o = static_cast<std::size_t>(order);
    legs_.push_back({.order = order,
                     .step = step,
                     .position = market_.position_of(orders_.customer[o], orders_.limit[o]),
                     .customer = orders_.customer[o],
                     .limit = orders_.limit[o],
                     .side = orders_.side[o],
                     .resting = false,
                     .linked = group_of_[index(order)] >= 0 || orders_.parent[o] >= 0,
                     .conditional = orders_.conditional[o] != 0,
                     .bundle = -1,
                     .age = age_,
                     .price = orders_.price[o],
                     .quantity = orders_.quantity[o] / watt_per_kilowatt,
                     .filled = 0,
                     .min_fill = orders_.min_fill[o] / watt_per_kilowatt,
                     .aside = 0,
                     .expiry = orders_.expiry[o]});
    return static_cast<std::int32_t>(legs_.size()) - 1;
}

std::int32_t ContinuousMarket::add_bundle(bool kill) {
    bundles_.push_back({.legs = {}, .orders = {}, .resting = false, .kill = kill});
    return static_cast<std::int32_t>(bundles_.size()) - 1;
}

void ContinuousMarket::join_bundle(std::int32_t b, std::int32_t order, std::int32_t k) {
    bundle(b).legs.push_back(k);
    bundle(b).orders.push_back(order);
    leg(k).bundle = b;
}

void ContinuousMarket::arrive(std::int32_t k) {
    const bool traded = walk(k);
    if (!leg(k).is_done()) {
        if (orders_.time_in_force[static_cast<std::size_t>(leg(k).order)] == TimeInForce::immediate_or_cancel)
            outcome_[index(leg(k).order)].status = OrderStatus::cancelled;
        else
            rest(k);
    }
    if (traded && settings_.rescan) rescan();
    touched_.clear();
}

void ContinuousMarket::arrive_bundle(std::int32_t b) {
    const bool traded = try_bundle(b);
    if (!traded && bundle(b).kill)
        for (const std::int32_t order : bundle(b).orders) outcome_[index(order)].status = OrderStatus::cancelled;
    else if (!traded)
        rest_bundle(b);
    if (traded && settings_.rescan) rescan();
    touched_.clear();
}

/// An arriving order goes down the other side of the book while prices cross.
bool ContinuousMarket::walk(std::int32_t k) {
    BookSide& side = book(leg(k).step, leg(k).limit, opposite(leg(k).side));
    bool traded = false;
    std::size_t next = 0;
    while (next < side.size() && !leg(k).is_done()) {
        const BookSide::Entry entry = side[next];
        const Leg& candidate = leg(entry.leg);
        if (!prices_cross(leg(k).side, leg(k).price, candidate.price)) break;
        if (candidate.customer == leg(k).customer) {
            ++next;
            continue;
        }
        if (candidate.bundle >= 0) {
            traded = meet_bundle(k, candidate.bundle) || traded;
            next = side.first_after(entry);
            continue;
        }
        const double quantity = quantity_between(leg(k), candidate);
        if (quantity > 0) {
            traded = true;
            record(apply(k, entry.leg, quantity));
            next = side.first_after(entry);
        } else {
            ++next;
        }
    }
    return traded;
}

/// Trades change what the network leaves, so that pairs in the resting book may have become possible.
void ContinuousMarket::rescan() {
    do {
        for (std::size_t k = 0; k < touched_.size(); ++k)
            while (scan_singles(touched_[k])) {}
    } while (scan_bundles());
}

bool ContinuousMarket::scan_singles(std::int32_t step) {
    bool traded = false;
    for (int limit = 0; limit < traded_limit_count && !traded; ++limit)
        traded = scan_book(step, static_cast<TradedLimit>(limit));
    return traded;
}

/// Buys by price, then age, each walking the sells, until the first trade.
bool ContinuousMarket::scan_book(std::int32_t step, TradedLimit limit) {
    BookSide &buys = book(step, limit, OrderSide::buy), &sells = book(step, limit, OrderSide::sell);
    const bool buyer_up = raises(limit, OrderSide::buy);
    for (std::size_t i = 0; i < buys.size(); ++i) {
        const std::int32_t buy = buys[i].leg;
        if (sells.size() == 0 || sells[0].rank > leg(buy).price) return false;
        for (std::size_t j = 0; leg(buy).bundle < 0 && j < sells.size() && sells[j].rank <= leg(buy).price;) {
            const std::int32_t sell = sells[j].leg;
            ++j;
            if (leg(sell).bundle >= 0 || leg(sell).customer == leg(buy).customer) continue;
            const std::int32_t up = leg(buyer_up ? buy : sell).position, down = leg(buyer_up ? sell : buy).position;
            if (settings_.network && is_blocked(step, up, down)) {
                ++checks_;
                continue;
            }
            const double quantity = quantity_between(leg(buy), leg(sell));
            if (quantity <= 0) continue;
            record(apply(buy, sell, quantity));
            return true;
        }
    }
    return false;
}

/// Before anything else happens at a time, what has expired by then leaves the book.
void ContinuousMarket::drop_expired() {
    while (!expiring_.empty() && expiring_.front().first <= now_) {
        std::ranges::pop_heap(expiring_, std::greater{});
        const std::int32_t k = expiring_.back().second;
        expiring_.pop_back();
        if (leg(k).resting) drop(k);
    }
}

void ContinuousMarket::rest(std::int32_t k) {
    Leg& l = leg(k);
    l.resting = true;
    if (l.expiry != OrderColumns::never) {
        expiring_.emplace_back(l.expiry, k);
        std::ranges::push_heap(expiring_, std::greater{});
    }
    book(l.step, l.limit, l.side).insert(entry_of(k));
    if (raises(l.limit, l.side)) return;
    l.aside = l.remaining();
    set_aside_[place(static_cast<std::size_t>(l.step), l.position)] += l.aside;
}

void ContinuousMarket::leave(std::int32_t k) {
    Leg& l = leg(k);
    if (!l.resting) return;
    l.resting = false;
    book(l.step, l.limit, l.side).erase(entry_of(k));
    set_aside_[place(static_cast<std::size_t>(l.step), l.position)] -= l.aside;
    l.aside = 0;
}

/// Takes an expired leg out of the book, with its bundle.
void ContinuousMarket::drop(std::int32_t k) {
    if (leg(k).bundle >= 0)
        leave_bundle(leg(k).bundle);
    else
        leave(k);
}

double ContinuousMarket::accepted_share(std::int32_t order) const {
    const std::int32_t k = first_leg_[index(order)];
    return k < 0 ? 0.0 : leg(k).filled / leg(k).quantity;
}

/// Of an exclusive group one is served, so that its members do not serve each other.
bool ContinuousMarket::same_group(std::int32_t a, std::int32_t b) const {
    return group_of_[index(a)] >= 0 && group_of_[index(a)] == group_of_[index(b)];
}

/// The share of the order that its exclusive group and its parent leave it, what it has already among it.
double ContinuousMarket::share_left(std::int32_t order) const {
    double share = 1;
    const std::int32_t group = group_of_[index(order)], parent = orders_.parent[static_cast<std::size_t>(order)];
    const std::int32_t block = block_of_[index(order)];
    if (group >= 0) share = 1 - group_used_[static_cast<std::size_t>(group)] + accepted_share(order);
    if (parent >= 0 && (block < 0 || block != block_of_[index(parent)]))
        share = std::min(share, accepted_share(parent));
    return share;
}

double ContinuousMarket::available(const Leg& l) const {
    if (!l.linked || l.bundle >= 0) return l.remaining();
    return std::min(l.remaining(), l.quantity * share_left(l.order) - l.filled);
}

bool ContinuousMarket::accepts(const Leg& l, double quantity) {
    if (l.bundle >= 0) return true;
    return quantity >= l.min_fill - quantity_rounding || quantity > l.remaining() - least_trade_kw;
}

/// The largest quantity that both orders, their customers' bounds and the network allow, 0 if that is nothing.
double ContinuousMarket::quantity_between(const Leg& a, const Leg& b) {
    if (a.linked && b.linked && same_group(a.order, b.order)) return 0;
    const bool a_raises = raises(a.limit, a.side);
    const std::int32_t up = a_raises ? a.position : b.position, down = a_raises ? b.position : a.position;
    const std::size_t at_up = place(static_cast<std::size_t>(a.step), up),
                      at_down = place(static_cast<std::size_t>(a.step), down);
    double quantity = std::min({available(a), available(b), market_.place[at_up].cap - level_[at_up],
                                level_[at_down] - market_.place[at_down].floor});
    if (quantity < least_trade_kw) return 0;
    if (settings_.network) quantity = network_room(a.step, up, down, quantity);
    return quantity >= least_trade_kw && accepts(a, quantity) && accepts(b, quantity) ? quantity : 0;
}

double ContinuousMarket::network_room(std::int32_t step, std::int32_t up, std::int32_t down, double wanted) {
    ++checks_;
    if (is_blocked(step, up, down)) return 0;
    const MarketRows::Room room = market_.rows_of(static_cast<std::size_t>(step)).room(rest_at(step), up, down);
    const std::uint64_t pair = pair_number(step, up, down);
    if (room.quantity < least_trade_kw) blocked_[pair % blocked_size] = {pair, room.row};
    return std::min(wanted, room.quantity);
}

std::uint64_t ContinuousMarket::pair_number(std::int32_t step, std::int32_t up, std::int32_t down) const {
    const auto positions = static_cast<std::uint64_t>(market_.rows.position_count());
    return (static_cast<std::uint64_t>(step) * positions + static_cast<std::uint64_t>(up)) * positions
           + static_cast<std::uint64_t>(down);
}

/// Whether the row that last stood between the two still does.
bool ContinuousMarket::is_blocked(std::int32_t step, std::int32_t up, std::int32_t down) {
    const std::uint64_t pair = pair_number(step, up, down);
    const Blocked& blocked = blocked_[pair % blocked_size];
    return blocked.pair == pair
           && market_.rows_of(static_cast<std::size_t>(step))
                  .stops(rest_at(step), blocked.row, up, down, least_trade_kw);
}

/// Moves levels and rests; the book and the log follow in record().
ContinuousMarket::Fill ContinuousMarket::apply(std::int32_t a, std::int32_t b, double quantity) {
    const bool a_buys = leg(a).side == OrderSide::buy;
    const std::int32_t buy = a_buys ? a : b, sell = a_buys ? b : a;
    Leg &buyer = leg(buy), &seller = leg(sell);
    const Fill fill{buy, sell, quantity, buyer.filled, seller.filled};
    buyer.filled += quantity;
    seller.filled += quantity;
    use_group(buyer, quantity);
    use_group(seller, quantity);
    const bool buyer_up = raises(buyer.limit, OrderSide::buy);
    const std::int32_t up = buyer_up ? buyer.position : seller.position,
                       down = buyer_up ? seller.position : buyer.position;
    const MarketRows& rows = market_.rows_of(static_cast<std::size_t>(buyer.step));
    if (buyer.conditional) {
        rows.reserve(rest_at(buyer.step), up, down, quantity);
        return fill;
    }
    rows.take(rest_at(buyer.step), up, down, quantity);
    level_[place(static_cast<std::size_t>(buyer.step), up)] += quantity;
    level_[place(static_cast<std::size_t>(buyer.step), down)] -= quantity;
    return fill;
}

/// Blocks of several legs take their whole group before the first is filled.
void ContinuousMarket::use_group(const Leg& l, double quantity) {
    if (!l.linked || group_of_[index(l.order)] < 0) return;
    if (l.bundle >= 0 && bundles_[static_cast<std::size_t>(l.bundle)].legs.size() > 1) return;
    group_used_[static_cast<std::size_t>(group_of_[index(l.order)])] += quantity / l.quantity;
}

void ContinuousMarket::record(const Fill& fill) {
    const Leg &buyer = leg(fill.buy), &seller = leg(fill.sell);
    const double price = buyer.age < seller.age ? buyer.price : seller.price;
    trades_.push_back({.time = now_,
                       .step = buyer.step,
                       .limit = buyer.limit,
                       .buy = buyer.order,
                       .sell = seller.order,
                       .quantity = fill.quantity,
                       .buy_price = settings_.two_price ? buyer.price : price,
                       .sell_price = settings_.two_price ? seller.price : price});
    settle_leg(fill.buy, fill.quantity);
    settle_leg(fill.sell, fill.quantity);
    touch(buyer.step);
}

void ContinuousMarket::settle_leg(std::int32_t k, double quantity) {
    Leg& l = leg(k);
    if (l.aside > 0) {
        l.aside -= quantity;
        set_aside_[place(static_cast<std::size_t>(l.step), l.position)] -= quantity;
    }
    if (l.is_done()) drop(k);
    touch_children(l.order);
}

void ContinuousMarket::touch(std::int32_t step) {
    if (std::ranges::find(touched_, step) == touched_.end()) touched_.push_back(step);
}

/// A child may trade once its parent has.
void ContinuousMarket::touch_children(std::int32_t order) {
    for (const std::int32_t child : children_[index(order)]) {
        const std::int32_t k = first_leg_[index(child)];
        if (k >= 0) touch(leg(k).step);
    }
}

OrderOutcome ContinuousMarket::outcome(std::int32_t order) const {
    const auto o = static_cast<std::size_t>(order);
    OrderOutcome outcome = outcome_[index(order)];
    const std::int32_t first = first_leg_[index(order)];
    if (outcome.status == OrderStatus::refused || first < 0) return outcome;
    const std::int32_t count = orders_.last_step[o] - orders_.first_step[o] + 1;
    bool done = true;
    for (std::int32_t k = first; k < first + count; ++k) {
        outcome.accepted += leg(k).filled / count;
        done = done && leg(k).is_done();
    }
    if (done)
        outcome.status = OrderStatus::filled;
    else if (outcome.status == OrderStatus::open && orders_.expiry[o] <= now_)
        outcome.status = OrderStatus::expired;
    return outcome;
}

}  // namespace headroom
