// Orders that trade as a whole: blocks, and all-or-none orders step by step.

#include <algorithm>

#include "formulations/market/continuous_market.hpp"

namespace headroom {
namespace {

constexpr double share_rounding = 1e-9;  // of accepted shares

}  // namespace

/// A resting bundle trades only as a whole: the arriving leg stands in the book while that is tried.
bool ContinuousMarket::meet_bundle(std::int32_t k, std::int32_t b) {
    rest(k);
    const bool traded = try_bundle(b);
    if (leg(k).resting) leave(k);
    return traded;
}

/// Fills every leg from the book, in price-time order; all of it or nothing.
bool ContinuousMarket::try_bundle(std::int32_t b) {
    const Bundle& tried = bundle(b);
    for (const std::int32_t order : tried.orders)
        if (share_left(order) < 1 - share_rounding) return false;
    keep_steps(tried);
    if (tried.legs.size() > 1) take_groups(tried);
    fills_.clear();
    for (const std::int32_t k : tried.legs)
        if (!fill_leg(k)) {
            undo();
            return false;
        }
    const std::vector<Fill> fills = fills_;
    for (const Fill& fill : fills) record(fill);
    leave_bundle(b);
    return true;
}

/// A block counts once in each group of its orders, from the start, so that no leg is filled by a member.
void ContinuousMarket::take_groups(const Bundle& tried) {
    for (std::size_t i = 0; i < tried.orders.size(); ++i) {
        const std::int32_t group = group_of_[index(tried.orders[i])];
        const bool counted = std::any_of(tried.orders.begin(), tried.orders.begin() + static_cast<std::ptrdiff_t>(i),
                                         [&](std::int32_t o) { return group_of_[index(o)] == group; });
        if (group >= 0 && !counted) group_used_[static_cast<std::size_t>(group)] += 1;
    }
}

/// Legs of larger bundles are no counterpart: their other legs would have to trade at the same instant. One that trades
/// as a whole needs all of what its group and parent may leave it.
bool ContinuousMarket::may_fill(const Leg& need, const Leg& candidate) const {
    if (candidate.customer == need.customer || candidate.is_done()) return false;
    if (candidate.bundle < 0) return true;
    return candidate.bundle != need.bundle && bundles_[static_cast<std::size_t>(candidate.bundle)].legs.size() == 1
           && (!candidate.linked || share_left(candidate.order) >= 1 - share_rounding);
}

bool ContinuousMarket::fill_leg(std::int32_t k) {
    const BookSide& side = book(leg(k).step, leg(k).limit, opposite(leg(k).side));
    for (std::size_t next = 0; next < side.size() && !leg(k).is_done(); ++next) {
        const std::int32_t other = side[next].leg;
        if (!prices_cross(leg(k).side, leg(k).price, leg(other).price)) break;
        if (!may_fill(leg(k), leg(other))) continue;
        const double quantity = quantity_between(leg(k), leg(other));
        const bool whole = leg(other).bundle < 0 || quantity > leg(other).remaining() - least_trade_kw;
        if (quantity > 0 && whole) fills_.push_back(apply(k, other, quantity));
    }
    return leg(k).is_done();
}

void ContinuousMarket::keep_steps(const Bundle& tried) {
    const std::size_t size = market_.rows.rest_size(),
                      positions = static_cast<std::size_t>(market_.rows.position_count());
    kept_step_.clear();
    kept_rest_.clear();
    kept_level_.clear();
    kept_group_ = group_used_;
    for (const std::int32_t k : tried.legs) {
        const std::int32_t step = leg(k).step;
        if (!kept_step_.empty() && kept_step_.back() == step) continue;
        kept_step_.push_back(step);
        kept_rest_.insert(kept_rest_.end(), rest_at(step), rest_at(step) + size);
        const auto level = level_.begin() + static_cast<std::ptrdiff_t>(place(static_cast<std::size_t>(step), 0));
        kept_level_.insert(kept_level_.end(), level, level + static_cast<std::ptrdiff_t>(positions));
    }
}

void ContinuousMarket::undo() {
    const std::size_t size = market_.rows.rest_size(),
                      positions = static_cast<std::size_t>(market_.rows.position_count());
    for (std::size_t k = 0; k < kept_step_.size(); ++k) {
        std::copy_n(kept_rest_.begin() + static_cast<std::ptrdiff_t>(k * size), size, rest_at(kept_step_[k]));
        std::copy_n(kept_level_.begin() + static_cast<std::ptrdiff_t>(k * positions), positions,
                    level_.begin() + static_cast<std::ptrdiff_t>(place(static_cast<std::size_t>(kept_step_[k]), 0)));
    }
    group_used_ = kept_group_;
    for (std::size_t k = fills_.size(); k-- > 0;) {
        leg(fills_[k].buy).filled = fills_[k].buy_before;
        leg(fills_[k].sell).filled = fills_[k].sell_before;
    }
}

bool ContinuousMarket::scan_bundles() {
    candidates_.clear();
    for (const std::int32_t step : touched_) {
        const auto& here = bundles_of_step_[static_cast<std::size_t>(step)];
        candidates_.insert(candidates_.end(), here.begin(), here.end());
    }
    std::ranges::sort(candidates_, {}, [&](std::int32_t b) { return std::pair(leg(bundle(b).legs[0]).age, b); });
    candidates_.erase(std::unique(candidates_.begin(), candidates_.end()), candidates_.end());
    for (std::size_t k = 0; k < candidates_.size(); ++k) {
        if (try_bundle(candidates_[k])) return true;
    }
    return false;
}

void ContinuousMarket::rest_bundle(std::int32_t b) {
    bundle(b).resting = true;
    for (const std::int32_t k : bundle(b).legs) {
        rest(k);
        auto& here = bundles_of_step_[static_cast<std::size_t>(leg(k).step)];
        if (here.empty() || here.back() != b) here.push_back(b);
    }
}

void ContinuousMarket::leave_bundle(std::int32_t b) {
    if (!bundle(b).resting) return;
    bundle(b).resting = false;
    for (const std::int32_t k : bundle(b).legs) {
        leave(k);
        std::erase(bundles_of_step_[static_cast<std::size_t>(leg(k).step)], b);
    }
}

}  // namespace headroom
