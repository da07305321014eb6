#include "formulations/market/ac_cut.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <span>

#include "formulations/market/settlement.hpp"
#include "formulations/units.hpp"

namespace headroom {
namespace {

constexpr double finest_share = 1.0 / 1024;

/// The trades of one feeder and step, and how many of them AC carries.
struct Item {
    std::size_t feeder, step;
    std::vector<std::size_t> trades;  ///< rows of the result's, in order
    std::size_t clean = 0, unclean;   ///< beginnings of so many trades
    double share_clean = 0, share_unclean = 1;
    bool fresh = false;  ///< the longest beginning that is still allowed has not been asked about
    bool settled = false;
};

class Cut {
public:
    Cut(const Region& region, const SeriesSet& series, const AcCheck& check, ClearingResult& result)
        : region_(region),
          series_(series),
          check_(check),
          result_(result),
          share_(result.trades.size(), 1.0),
          has_children_(region.order_count(), 0) {
        for (const std::int32_t parent : region.order.parent)
            if (parent >= 0) has_children_[static_cast<std::size_t>(parent)] = 1;
    }

    void run() {
        find_items();
        do {
            search();
            take_shares();
        } while (cascade());
        remove_trades();
        settle(region_, series_, result_);
    }

private:
    const OrderColumns& orders() const { return region_.order; }

    /// Items whose limits after the market AC refuses.
    void find_items() {
        const ReplayResult replayed = check_.replay_all(replayed_limits(result_.after));
        ++result_.secure.replays;
        for (std::size_t feeder = 0; feeder < result_.feeder_count; ++feeder) {
            std::map<std::size_t, std::vector<std::size_t>> of_step;
            for (auto k = result_.trade_offset[feeder]; k < result_.trade_offset[feeder + 1]; ++k)
                of_step[static_cast<std::size_t>(result_.trades[static_cast<std::size_t>(k)].step)].push_back(
                    static_cast<std::size_t>(k));
            for (auto& [step, trades] : of_step) {
                const std::size_t item = result_.item(step, feeder);
                result_.secure.worst_excess[item] = replayed.excess(item);
                Item& found = items_[{feeder, step}];
                found = {.feeder = feeder, .step = step, .trades = std::move(trades), .unclean = 0};
                found.unclean = found.trades.size();
                found.settled = replayed.status[item] == ReplayStatus::replayed && replayed.excess(item) <= ac_refused;
                if (found.settled) found.clean = found.trades.size();
            }
        }
    }

    /// Orders with a rule about quantities are not cut in part.
    bool may_be_parted(std::size_t trade) const {
        const Trade& parted = result_.trades[trade];
        return orders().may_be_parted(static_cast<std::size_t>(parted.buy))
               && orders().may_be_parted(static_cast<std::size_t>(parted.sell));
    }

    struct Trial {
        std::size_t count;
        double share;  ///< of the trade after these
    };

    /// What to ask about next; settles the item where nothing is left to ask.
    static Trial next_trial(Item& item, bool parted) {
        if (item.fresh) return {item.unclean - 1, 0};
        if (item.unclean - item.clean > 1) return {(item.clean + item.unclean) / 2, 0};
        if (parted && item.share_unclean - item.share_clean > finest_share)
            return {item.clean, (item.share_clean + item.share_unclean) / 2};
        item.settled = true;
        return {};
    }

    void learn(Item& item, const Trial& trial, bool is_clean) {
        item.fresh = false;
        if (trial.share > 0)
            (is_clean ? item.share_clean : item.share_unclean) = trial.share;
        else
            (is_clean ? item.clean : item.unclean) = trial.count;
        // No trades at all are the limits before the market, which AC carries.
        if (item.unclean == 0) item.settled = true;
    }

    void search() {
        for (;;) {
            std::vector<AcQuestion> questions;
            std::vector<std::pair<Item*, Trial>> asked;
            for (auto& [place, item] : items_) {
                if (item.settled) continue;
                const bool parted = item.unclean <= item.trades.size() && item.clean < item.trades.size()
                                    && may_be_parted(item.trades[item.clean]);
                const Trial trial = next_trial(item, parted);
                if (item.settled) continue;
                questions.push_back(limits_after(item, trial));
                asked.emplace_back(&item, trial);
            }
            if (questions.empty()) return;
            const std::vector<double> excess = check_.excess_of(questions);
            ++result_.secure.replays;
            for (std::size_t k = 0; k < asked.size(); ++k) {
                const bool is_clean = excess[k] <= ac_refused;
                if (is_clean)
                    result_.secure.worst_excess[result_.item(asked[k].first->step, asked[k].first->feeder)] = excess[k];
                learn(*asked[k].first, asked[k].second, is_clean);
            }
        }
    }

    AcQuestion limits_after(const Item& item, const Trial& trial) const {
        AcQuestion question = ac_question(region_, result_.before, item.feeder, item.step);
        const auto begin = static_cast<std::size_t>(region_.feeder.customer_offset[item.feeder]);
        for (std::size_t k = 0; k < item.trades.size() && k <= trial.count; ++k) {
            const Trade& trade = result_.trades[item.trades[k]];
            const double moved = (k < trial.count ? 1.0 : trial.share) * trade.quantity * watt_per_kilowatt;
            auto& limits = question.limits[static_cast<std::size_t>(position_kind(trade.limit))];
            limits[customer_of(trade.buy) - begin] += moved;
            limits[customer_of(trade.sell) - begin] -= moved;
        }
        return question;
    }

    std::size_t customer_of(std::int32_t order) const {
        return static_cast<std::size_t>(orders().customer[static_cast<std::size_t>(order)]);
    }

    void take_shares() {
        for (const auto& [place, item] : items_)
            for (std::size_t k = 0; k < item.trades.size(); ++k)
                share_[item.trades[k]] = k < item.clean ? 1.0 : k == item.clean ? item.share_clean : 0.0;
    }

    /// Blocks and families that have lost a trade lose all they have. @return whether any had something left
    bool cascade() {
        std::set<Label> broken;
        for (const auto& [place, item] : items_)
            for (const std::size_t k : item.trades)
                for (const std::int32_t order : {result_.trades[k].buy, result_.trades[k].sell})
                    if (const Label name = label(item.feeder, order); share_[k] < 1 && name.second >= 0)
                        broken.insert(name);
        bool changed = false;
        for (auto& [place, item] : items_) {
            const auto stands = [&, feeder = item.feeder](std::size_t k) {
                return !broken.contains(label(feeder, result_.trades[k].buy))
                       && !broken.contains(label(feeder, result_.trades[k].sell));
            };
            const auto kept = std::span(item.trades).first(item.clean);
            const auto first = static_cast<std::size_t>(std::ranges::find_if_not(kept, stands) - kept.begin());
            if (first == item.clean) continue;
            shorten(item, first);
            changed = true;
        }
        return changed;
    }

    void shorten(Item& item, std::size_t count) {
        for (std::size_t k = count; k < item.trades.size(); ++k) share_[item.trades[k]] = 0;
        item.trades.resize(count);
        item.clean = 0;
        item.unclean = count > 0 ? count + 1 : 0;
        item.share_clean = 0;
        item.fresh = count > 0;
        item.settled = count == 0;
    }

    /// Names orders of a feeder that stand and fall together: a block, a whole order, a parent with its children.
    /// Second: -1 for an order that stands by itself.
    using Label = std::pair<std::int32_t, std::int64_t>;
    Label label(std::size_t feeder, std::int32_t order) const {
        const auto o = static_cast<std::size_t>(order);
        constexpr std::int64_t blocks = std::int64_t{1} << 40;
        if (orders().parent[o] >= 0) return label(feeder, orders().parent[o]);
        const auto f = static_cast<std::int32_t>(feeder);
        if (orders().block[o] >= 0) return {f, blocks + orders().block[o]};
        return {f, orders().is_whole(o) || has_children_[o] != 0 ? order : -1};
    }

    void remove_trades() {
        for (std::size_t k = 0; k < share_.size(); ++k) {
            if (share_[k] == 1) continue;
            Trade& trade = result_.trades[k];
            ++result_.secure.cut_trades;
            result_.secure.cut_kwh +=
                (1 - share_[k]) * trade.quantity * series_.hours(static_cast<std::size_t>(trade.step));
            trade.quantity *= share_[k];
        }
        result_.erase_trades([](const Trade& trade, std::size_t) { return trade.quantity < least_trade_kw; });
    }

    const Region& region_;
    const SeriesSet& series_;
    const AcCheck& check_;
    ClearingResult& result_;
    std::vector<double> share_;       ///< [#trade] what is left of it
    std::vector<char> has_children_;  ///< [#order]
    std::map<std::pair<std::size_t, std::size_t>, Item> items_;
};

}  // namespace

void cut_in_ac(const Region& region, const SeriesSet& series, const AcCheck& check, ClearingResult& result) {
    Cut(region, series, check, result).run();
}

}  // namespace headroom
