// What the stored proof of an auction's bound proves: a part's program from orders and rows; verify_clearing.hpp.

#include <algorithm>
#include <limits>
#include <set>

#include "formulations/market/clearing_walk.hpp"
#include "formulations/market/feeder_market.hpp"
#include "formulations/market/proven_bound.hpp"
#include "formulations/units.hpp"
#include "solver/numbers.hpp"

namespace headroom {
namespace {

constexpr double proof_share = 1e-8;  // of 1 + |welfare|: the rows are got in other sums than the market's

}  // namespace

/// Orders of the steps of a part that were let in, as shares; a block is one share.
class ClearingWalk::PartOrders {
public:
    using Row = ShareProgram::Row;

    PartOrders(const ClearingWalk& walk, const AuctionPart& part) : walk_(walk), orders_(walk.region_.order) {
        for (const std::int32_t step : part.steps)
            for (std::int32_t order = walk.first_; order < walk.last_; ++order)
                if (stands(walk.region_, walk.result_, order, step)) add_leg(order, step);
        name_answers();
    }

    ShareProgram program() const {
        return {.value = value_,
                .row = [this](const BoundProof::Multiplier& named) { return row(named); },
                .answer =
                    [this](std::int32_t order, std::int32_t step) {
                        return found(answers_, {order, step});
                    }};
    }

private:
    using Place = std::pair<std::int32_t, std::int32_t>;  // order, step

    template <class Key>
    static std::optional<std::size_t> found(const std::map<Key, std::size_t>& among, const Key& key) {
        const auto at = among.find(key);
        return at == among.end() ? std::nullopt : std::optional(at->second);
    }
    static std::size_t row_of(std::int32_t order) { return static_cast<std::size_t>(order); }
    double kw(std::int32_t order) const { return orders_.quantity[row_of(order)] / watt_per_kilowatt; }
    double least_kw(std::int32_t order) const {
        return std::min(orders_.min_fill[row_of(order)] / watt_per_kilowatt, kw(order));
    }
    bool has_least(std::int32_t order) const {
        return !orders_.is_whole(row_of(order)) && orders_.min_fill[row_of(order)] > 0;
    }

    void add_leg(std::int32_t order, std::int32_t step) {
        const auto o = row_of(order);
        const std::int32_t block = orders_.block[o];
        const std::size_t share = block >= 0 ? of_block_.emplace(block, value_.size()).first->second : value_.size();
        if (share == value_.size()) value_.emplace_back();
        const double sign = orders_.side[o] == OrderSide::buy ? 1 : -1;
        const Outward worth = Outward::exactly(sign * orders_.price[o]) * kw(order)
                              * walk_.series_.hours(static_cast<std::size_t>(step)) / kilowatt_per_megawatt;
        value_[share] = value_[share] + worth;
        legs_[{order, step}] = share;
        of_order_.emplace(order, share);
        if (orders_.exclusive_group[o] >= 0) groups_[orders_.exclusive_group[o]].insert(share);
    }

    /// Whole orders answer by their share; a smallest acceptance is an answer of its own, worth nothing.
    void name_answers() {
        for (const auto& [leg, share] : legs_)
            if (orders_.is_whole(row_of(leg.first))) {
                answers_[leg] = share;
            } else if (has_least(leg.first)) {
                answers_[leg] = value_.size();
                value_.emplace_back();
            }
    }

    std::optional<Row> row(const BoundProof::Multiplier& named) const {
        switch (named.row) {
            case AuctionRow::network:
                return network(named,
                               walk_.linear_row(static_cast<std::size_t>(named.step),
                                                walk_.packing_row({named.step, 0, named.index, named.side, 0, 0})));
            case AuctionRow::tangent: return network(named, walk_.tangent_row(named.index, named.step));
            case AuctionRow::position: return position(named);
            case AuctionRow::balance: return balance(named);
            case AuctionRow::least:
            case AuctionRow::most: return acceptance(named);
            case AuctionRow::group: return group(named.index);
            case AuctionRow::parent: return parent(named.index);
        }
        return std::nullopt;
    }

    /// Every leg of a step with what moves in its position, kW.
    template <class Visit> void visit_step(std::int32_t step, Visit&& visit) const {
        for (const auto& [leg, share] : legs_) {
            if (leg.second != step) continue;
            const auto o = row_of(leg.first);
            const double sign = raises(orders_.limit[o], orders_.side[o]) ? 1 : -1;
            if (const auto p = walk_.position_of(leg.first, orders_.limit[o]))
                visit(o, share, *p, sign * kw(leg.first));
        }
    }

    std::optional<Row> network(const BoundProof::Multiplier& named, const std::optional<NetworkRow>& of) const {
        if (!of || !has_step(named.step)) return std::nullopt;
        Row row{{}, -infinity, of->rest};
        visit_step(named.step, [&](std::size_t, std::size_t share, std::size_t p, double moved) {
            if (const auto entry = of->entries.find(p); entry != of->entries.end())
                row.entries.emplace_back(share, Outward::exactly(entry->second) * moved);
        });
        return row;
    }

    std::optional<Row> position(const BoundProof::Multiplier& named) const {
        const auto place = found(walk_.position_of_, {static_cast<std::size_t>(named.index), named.side});
        if (!place || !has_step(named.step)) return std::nullopt;
        const auto step = static_cast<std::size_t>(named.step);
        const double level = walk_.before_[step][*place];
        Row row{{}, Outward::down(walk_.floor_[step][*place] - level), Outward::up(walk_.cap_[step][*place] - level)};
        visit_step(named.step, [&](std::size_t, std::size_t share, std::size_t p, double moved) {
            if (p == *place) row.entries.emplace_back(share, Outward::exactly(moved));
        });
        return row;
    }

    std::optional<Row> balance(const BoundProof::Multiplier& named) const {
        const auto limit = static_cast<TradedLimit>(named.index);
        if (!walk_.question_.auction.rules.balance && !is_set_point(limit)) return std::nullopt;
        Row row{{}, 0, 0};
        visit_step(named.step, [&](std::size_t o, std::size_t share, std::size_t, double moved) {
            const double bought = orders_.side[o] == OrderSide::buy ? std::abs(moved) : -std::abs(moved);
            if (orders_.limit[o] == limit) row.entries.emplace_back(share, Outward::exactly(bought));
        });
        return row;
    }

    std::optional<Row> acceptance(const BoundProof::Multiplier& named) const {
        const auto share = found(legs_, {named.index, named.step}), answer = found(answers_, {named.index, named.step});
        if (!share || !answer || !has_least(named.index)) return std::nullopt;
        const double sign = named.row == AuctionRow::least ? -1 : 1;
        const double taken = named.row == AuctionRow::least ? least_kw(named.index) : -kw(named.index);
        return Row{
            {{*share, Outward::exactly(sign * kw(named.index))}, {*answer, Outward::exactly(taken)}}, -infinity, 0};
    }

    std::optional<Row> group(std::int32_t number) const {
        const auto members = groups_.find(number);
        if (members == groups_.end()) return std::nullopt;
        Row row{{}, -infinity, 1};
        for (const std::size_t share : members->second) row.entries.emplace_back(share, Outward::exactly(1));
        return row;
    }

    /// A parent that was refused is accepted by nothing; one that stands elsewhere is no part of this.
    std::optional<Row> parent(std::int32_t child) const {
        const auto share = found(of_order_, child);
        if (!share || orders_.parent[row_of(child)] < 0) return std::nullopt;
        Row row{{{*share, Outward::exactly(1)}}, -infinity, 0};
        const std::int32_t above = orders_.parent[row_of(child)];
        if (const auto parent = found(of_order_, above))
            row.entries.emplace_back(*parent, Outward::exactly(-1));
        else if (walk_.result_.outcome[row_of(above)].status != OrderStatus::refused)
            return std::nullopt;
        return row;
    }

    bool has_step(std::int32_t step) const {
        return std::ranges::any_of(legs_, [&](const auto& leg) { return leg.first.second == step; });
    }

    const ClearingWalk& walk_;
    const OrderColumns& orders_;
    std::vector<Outward> value_;            ///< [#share] currency
    std::map<Place, std::size_t> legs_;     ///< share of an order in a step
    std::map<Place, std::size_t> answers_;  ///< shares that are 0 or 1
    std::map<std::int32_t, std::size_t> of_order_, of_block_;
    std::map<std::int32_t, std::set<std::size_t>> groups_;
};

bool stands(const Region& region, const ClearingResult& result, std::int32_t order, std::int32_t step) {
    const auto o = static_cast<std::size_t>(order);
    return step >= region.order.first_step[o] && step <= region.order.last_step[o]
           && result.outcome[o].status != OrderStatus::refused;
}

bool has_whole_orders(const Region& region, const ClearingResult& result, std::size_t feeder, const AuctionPart& part) {
    const auto [first, end] = region.feeder.order_rows(feeder);
    for (auto order = static_cast<std::int32_t>(first); order < static_cast<std::int32_t>(end); ++order)
        if (!region.order.may_be_parted(static_cast<std::size_t>(order))
            && std::ranges::any_of(part.steps, [&](std::int32_t step) { return stands(region, result, order, step); }))
            return true;
    return false;
}

/// A stored proof says what nothing is worth more than; the bound must not be below.
void ClearingWalk::check_bound_proof(const AuctionPart& part) {
    const std::int32_t step = part.steps.front();
    const BoundProof& proof = part.proof;
    if (proof.state != BoundProof::State::stored) {
        if (proof.state == BoundProof::State::by_prices && has_whole_orders(region_, result_, feeder_, part))
            say(fmt::format("step {}: prices alone do not prove the bound of whole or linked orders", step));
        if (!proof.nodes.empty()) say(fmt::format("step {}: has a proof of its bound, and says it has none", step));
        return;
    }
    const PartOrders orders(*this, part);
    const ProvenBound proven = proven_bound(orders.program(), proof);
    if (!proven.fault.empty())
        say(fmt::format("step {}: the proof of its bound is none: {}", step, proven.fault));
    else if (!(proven.bound <= part.bound + proof_share * (1 + std::abs(part.welfare))))
        say(fmt::format("step {}: its proof holds for {:.9g}, its bound is {:.9g}", step, proven.bound, part.bound));
}

}  // namespace headroom
