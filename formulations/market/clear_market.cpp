#include "formulations/market/clear_market.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <stdexcept>
#include <tuple>

#include "formulations/envelope/feeder_allocation.hpp"
#include "formulations/market/ac_check.hpp"
#include "formulations/market/ac_rows.hpp"
#include "formulations/market/feeder_market.hpp"
#include "formulations/market/secure_market.hpp"
#include "formulations/market/settlement.hpp"
#include "formulations/units.hpp"
#include "solver/batch/run_batch.hpp"
#include "solver/numbers.hpp"

namespace headroom {
namespace {

constexpr double secure_excess_kw = 1e-7;  // final limits leave their rows by no more than this

/// What a feeder adds to the result beside its own columns.
struct FeederLists {
    std::vector<Trade> trades;
    std::vector<AuctionPart> parts;
    std::vector<RowPrice> row_prices;
    std::vector<AcTangent> tangents;
    std::vector<SecurityLimit> limits;
    std::int64_t checks = 0;
    std::int32_t rounds = 0;  ///< in AC: auctions held
    std::string fault;
};

class FeederClearing {
public:
    FeederClearing(const Region& region, const SeriesSet& series, const ClearingQuestion& question,
                   const EnvelopeResult& envelopes, const ReplayResult* ac_before, std::size_t feeder,
                   ClearingResult& result, FeederLists& lists)
        : region_(region),
          question_(question),
          feeder_(feeder),
          result_(result),
          lists_(lists),
          allocation_(market_allocation(region, feeder, series, rows_question(question))),
          market_(question.market == MarketKind::set_point_exchange
                      ? set_point_market(region, series, allocation_)
                      : limit_market(region, series, allocation_, envelopes,
                                     ac_before == nullptr ? std::vector<double>{}
                                                          : ac_values(*ac_before, feeder, allocation_.rows()))) {
        if (ac_before != nullptr) ac_rows_.emplace(region, series, allocation_, market_);
        const auto [first, last] = region_.feeder.order_rows(feeder_);
        first_ = static_cast<std::int32_t>(first);
        last_ = static_cast<std::int32_t>(last);
    }

    void clear() {
        const auto limits = allocation_.rows().limits();
        lists_.limits.assign(limits.begin(), limits.end());
        level_.resize(market_.place.size());
        if (question_.mechanism == Mechanism::continuous)
            trade_continuously();
        else
            hold_auction();
        judge_items();
        store_levels();
    }

private:
    void trade_continuously() {
        ContinuousMarket cleared(market_, region_.order, first_, last_, question_.continuous);
        cleared.run();
        take_levels(cleared);
        lists_.trades.assign(cleared.trades().begin(), cleared.trades().end());
        lists_.checks = cleared.check_count();
        for (std::int32_t o = first_; o < last_; ++o) result_.outcome[static_cast<std::size_t>(o)] = cleared.outcome(o);
    }

    void hold_auction() {
        AuctionSettings settings = question_.auction;
        settings.integer.proof_size_max = bound_proof_size_max;
        Auction auction(market_, region_.order, first_, last_, settings);
        auction.answer();
        if (ac_rows_) hold_again(auction);
        auction.conclude();
        take_levels(auction);
        lists_.trades.assign(auction.trades().begin(), auction.trades().end());
        lists_.parts.assign(auction.parts().begin(), auction.parts().end());
        for (std::int32_t o = first_; o < last_; ++o) {
            result_.outcome[static_cast<std::size_t>(o)] = auction.outcome(o);
            result_.fit[static_cast<std::size_t>(o)] = auction.fit(o);
        }
        for (const AuctionRowPrice& price : auction.row_prices())
            lists_.row_prices.push_back({.step = price.step,
                                         .feeder = static_cast<std::int32_t>(feeder_),
                                         .row = name_of(price.step, price.row).limit,
                                         .side = name_of(price.step, price.row).side,
                                         .price = price.price,
                                         .tie_price = 0,
                                         .tangent = tangent_of(price.step, price.row)});
        const PositionNames positions = names_of_positions();
        for (AuctionPart& part : lists_.parts) name_rows_of_proof(part, positions);
        store_prices(auction);
    }

    /// [#position] row of /customer and position_kind()
    using PositionNames = std::vector<std::pair<std::int32_t, std::int32_t>>;

    /// What AC refuses is answered again, on rows that are linearised at its worst points.
    void hold_again(Auction& auction) {
        std::vector<char> open = auction.joined_to(market_.open);
        for (lists_.rounds = 1; lists_.rounds <= question_.auction.ac_round_limit; ++lists_.rounds) {
            const std::vector<char> corrected = ac_rows_->correct(
                auction.answered_levels(), open, auction.priced_rows(), auction.proving_rows(), lists_.rounds);
            if (std::ranges::count(corrected, 1) == 0) return;
            open = auction.joined_to(corrected);
            auction.answer_again(open);
        }
    }

    /// Rows and positions of a proof as the case knows them. What AC leaves of a linear row nobody else knows.
    void name_rows_of_proof(AuctionPart& part, const PositionNames& positions) {
        bool is_known = part.proof.state != BoundProof::State::by_prices
                        || std::ranges::none_of(lists_.row_prices, [&](const RowPrice& price) {
                               return is_linear_in_ac(price.tangent)
                                      && std::ranges::find(part.steps, price.step) != part.steps.end();
                           });
        for (BoundProof::Multiplier& multiplier : part.proof.multipliers) {
            if (multiplier.row == AuctionRow::network) {
                const std::int32_t tangent = tangent_of(multiplier.step, multiplier.index);
                const RowName named = name_of(multiplier.step, multiplier.index);
                is_known = is_known && !is_linear_in_ac(tangent);
                if (tangent >= 0)
                    multiplier = {AuctionRow::tangent, multiplier.step, tangent, 0, multiplier.value};
                else
                    multiplier = {AuctionRow::network, multiplier.step, named.limit, named.side, multiplier.value};
            } else if (multiplier.row == AuctionRow::position) {
                std::tie(multiplier.index, multiplier.side) = positions[static_cast<std::size_t>(multiplier.index)];
            }
        }
        if (!is_known) part.proof = {};
    }

    PositionNames names_of_positions() const {
        PositionNames name(static_cast<std::size_t>(market_.rows.position_count()));
        visit_positions([&](std::size_t customer, TradedLimit limit, std::int32_t p) {
            name[static_cast<std::size_t>(p)] = {static_cast<std::int32_t>(customer), position_kind(limit)};
        });
        return name;
    }

    bool is_linear_in_ac(std::int32_t tangent) const { return ac_rows_ && tangent < 0; }

    /// Where a row of the market stands among the tangents, which it is added to; -1: it is linear.
    std::int32_t tangent_of(std::int32_t step, std::int32_t row) {
        if (!ac_rows_) return -1;
        const auto known = tangent_number_.find({step, row});
        if (known != tangent_number_.end()) return known->second;
        const std::optional<AcTangent> tangent = ac_rows_->tangent(static_cast<std::size_t>(step), row);
        if (!tangent) return -1;
        lists_.tangents.push_back(*tangent);
        return tangent_number_[{step, row}] = static_cast<std::int32_t>(lists_.tangents.size()) - 1;
    }

    RowName name_of(std::int32_t step, std::int32_t row) const {
        return market_.name_of(static_cast<std::size_t>(step), row);
    }

    template <class Cleared> void take_levels(const Cleared& cleared) {
        const int positions = market_.rows.position_count();
        for (std::size_t step = 0; step < market_.step_count; ++step)
            for (int p = 0; p < positions; ++p)
                level_[step * static_cast<std::size_t>(positions) + static_cast<std::size_t>(p)] =
                    cleared.level(step, p);
    }

    std::size_t item(std::size_t step) const { return step * result_.feeder_count + feeder_; }
    std::size_t at(std::size_t step, std::size_t customer) const { return step * result_.customer_count + customer; }
    std::span<double> levels_of(std::size_t step) {
        const auto positions = static_cast<std::size_t>(market_.rows.position_count());
        return std::span(level_).subspan(step * positions, positions);
    }

    /// The final limits of every step against all rows, floors and caps, in sums made anew. What fails is taken back.
    void judge_items() {
        std::vector<char> uncertified(market_.step_count, 0);
        for (const AuctionPart& part : lists_.parts)
            for (const std::int32_t step : part.steps)
                if (!part.certified) uncertified[static_cast<std::size_t>(step)] = 1;
        for (std::size_t step = 0; step < market_.step_count; ++step) {
            ClearingStatus& status = result_.status[item(step)];
            status = market_.open[step] == 0 ? ClearingStatus::closed : ClearingStatus::cleared;
            if (market_.open[step] == 0) continue;
            const double excess = has_network() ? level_excess(market_, step, levels_of(step), true) : 0;
            result_.row_excess[item(step)] = excess;
            if (uncertified[step] != 0) status = ClearingStatus::uncertified;
            if (excess > secure_excess_kw) status = ClearingStatus::insecure;
            if (status != ClearingStatus::cleared) take_back(step);
        }
    }

    bool has_network() const {
        return question_.mechanism == Mechanism::continuous ? question_.continuous.network
                                                            : question_.auction.rules.network;
    }

    /// An item without a verified answer has no trades.
    void take_back(std::size_t step) {
        std::erase_if(lists_.trades, [&](const Trade& trade) { return static_cast<std::size_t>(trade.step) == step; });
        std::erase_if(lists_.row_prices,
                      [&](const RowPrice& price) { return static_cast<std::size_t>(price.step) == step; });
        for (auto& price : result_.price)
            for (std::int64_t k = region_.feeder.customer_offset[feeder_];
                 !price.empty() && k < region_.feeder.customer_offset[feeder_ + 1]; ++k)
                price[at(step, static_cast<std::size_t>(k))] = nan;
    }

    void store_levels() {
        visit_positions([&](std::size_t customer, TradedLimit limit, std::int32_t p) {
            auto& before = result_.before[static_cast<std::size_t>(position_kind(limit))];
            for (std::size_t step = 0; step < market_.step_count; ++step)
                if (market_.open[step] != 0) before[at(step, customer)] = market_.at(step, p).level * watt_per_kilowatt;
        });
    }

    void store_prices(const Auction& auction) {
        visit_positions([&](std::size_t customer, TradedLimit limit, std::int32_t p) {
            auto& price = result_.price[static_cast<std::size_t>(limit)];
            for (std::size_t step = 0; step < market_.step_count; ++step)
                if (market_.open[step] != 0) price[at(step, customer)] = auction.price(step, p, limit);
        });
    }

    template <class Visit> void visit_positions(Visit&& visit) const {
        for (std::size_t k = 0; k < market_.position.size(); ++k)
            if (market_.position[k] >= 0)
                visit(static_cast<std::size_t>(market_.first_customer) + k / traded_limit_count,
                      static_cast<TradedLimit>(k % traded_limit_count), market_.position[k]);
    }

    const Region& region_;
    const ClearingQuestion& question_;
    std::size_t feeder_;
    ClearingResult& result_;
    FeederLists& lists_;
    FeederAllocation allocation_;
    FeederMarket market_;
    std::optional<AcRows> ac_rows_;
    std::map<std::pair<std::int32_t, std::int32_t>, std::int32_t> tangent_number_;  ///< by step and row of the market
    std::int32_t first_ = 0, last_ = 0;
    std::vector<double> level_;  ///< [#step x #position] kW
};

ClearingResult empty_result(const Region& region, const SeriesSet& series, const ClearingQuestion& question) {
    ClearingResult result;
    result.step_count = series.step_count();
    result.customer_count = region.customer_count();
    result.feeder_count = region.feeder_count();
    result.order_count = region.order_count();
    const std::size_t places = result.step_count * result.customer_count,
                      items = result.step_count * result.feeder_count;
    const bool set_points = question.market == MarketKind::set_point_exchange,
               reactive = question.envelope.reactive == Reactive::joint;
    for (int limit = 0; limit < traded_limit_count; ++limit) {
        const auto traded = static_cast<TradedLimit>(limit);
        const bool is_q = traded == TradedLimit::q_inject || traded == TradedLimit::q_absorb;
        if (set_points != is_set_point(traded) || (is_q && !reactive)) continue;
        const auto kind = static_cast<std::size_t>(position_kind(traded));
        result.before[kind].assign(places, nan);
        result.after[kind].assign(places, nan);
        if (question.mechanism == Mechanism::auction) result.price[static_cast<std::size_t>(limit)].assign(places, nan);
    }
    result.status.assign(items, ClearingStatus::invalid_input);
    result.welfare.assign(items, nan);
    result.operator_surplus.assign(items, nan);
    result.row_excess.assign(items, nan);
    result.cash.assign(places, 0.0);
    result.outcome.assign(result.order_count, {.status = OrderStatus::refused, .refusal = OrderRefusal::step_closed});
    result.fit.assign(result.order_count, PriceFit::supported);
    result.checks.assign(result.feeder_count, 0);
    result.trade_offset = result.part_offset = {0};
    result.feeder_fault.assign(result.feeder_count, "");
    return result;
}

/// Puts the lists of the feeders one after the other.
void join(std::vector<FeederLists>& lists, ClearingResult& result) {
    for (std::size_t f = 0; f < lists.size(); ++f) {
        FeederLists& feeder = lists[f];
        const auto offset = static_cast<std::int32_t>(result.rows.size()),
                   first_tangent = static_cast<std::int32_t>(result.tangents.size());
        result.rows.add(static_cast<std::int64_t>(f), feeder.limits);
        for (RowPrice price : feeder.row_prices) {
            price.row += offset;
            if (price.tangent >= 0) price.tangent += first_tangent;
            result.row_prices.push_back(price);
        }
        for (AuctionPart& part : feeder.parts)
            for (BoundProof::Multiplier& multiplier : part.proof.multipliers)
                if (multiplier.row == AuctionRow::network)
                    multiplier.index += offset;
                else if (multiplier.row == AuctionRow::tangent)
                    multiplier.index += first_tangent;
        for (AcTangent& tangent : feeder.tangents) {
            tangent.row += offset;
            result.tangents.push_back(std::move(tangent));
        }
        result.trades.insert(result.trades.end(), feeder.trades.begin(), feeder.trades.end());
        result.parts.insert(result.parts.end(), feeder.parts.begin(), feeder.parts.end());
        result.trade_offset.push_back(static_cast<std::int64_t>(result.trades.size()));
        result.part_offset.push_back(static_cast<std::int64_t>(result.parts.size()));
        result.checks[f] = feeder.checks;
        result.secure.rounds = std::max(result.secure.rounds, feeder.rounds);
        result.feeder_fault[f] = feeder.fault;
    }
}

}  // namespace

AllocationQuestion rows_question(const ClearingQuestion& question) {
    AllocationQuestion rows = question.envelope;
    if (question.market == MarketKind::set_point_exchange) rows.basis = Basis::added;
    return rows;
}

ClearingResult clear_linear(const Region& region, const SeriesSet& series, const ClearingQuestion& question,
                            const EnvelopeResult& envelopes, const ReplayResult* ac_before,
                            const std::vector<std::string>& faults, const ClearingRun& run) {
    ClearingResult result = empty_result(region, series, question);
    std::vector<FeederLists> lists(region.feeder_count());
    const auto clear_feeder = [&](int k, int) {
        const auto feeder = static_cast<std::size_t>(k);
        FeederLists& own = lists[feeder];
        own.fault = faults[feeder];
        try {
            if (own.fault.empty())
                FeederClearing(region, series, question, envelopes, ac_before, feeder, result, own).clear();
        } catch (const InvalidFeeder& fault) {
            own = {};
            own.fault = fault.what();
        }
        if (run.finished) run.finished(static_cast<std::int64_t>(series.step_count()));
    };
    run_batch(static_cast<int>(region.feeder_count()), run.threads, clear_feeder, 1, run.stop);
    join(lists, result);
    settle(region, series, result);
    return result;
}

ClearingResult clear_market(const Region& region, const SeriesSet& series, const ClearingQuestion& question,
                            const EnvelopeResult& envelopes, const std::vector<std::string>& faults,
                            const ClearingRun& run) {
    if (question.market == MarketKind::set_point_exchange && question.envelope.errors.any())
        throw std::invalid_argument("set-points are exchanged without errors: what they move is not linear in a trade");
    if (question.secure == Secure::linear)
        return clear_linear(region, series, question, envelopes, nullptr, faults, run);
    if (question.market == MarketKind::set_point_exchange)
        throw std::invalid_argument("set-points are exchanged in linear rows alone: secure in AC needs limits");
    if (question.envelope.flow != FlowModel::lin_dist3_flow)
        throw std::invalid_argument("secure in AC starts from lin-dist3-flow, as its envelopes do");
    return clear_in_ac(region, series, question, envelopes, faults, run);
}

}  // namespace headroom
