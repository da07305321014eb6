#include "formulations/market/secure_market.hpp"

#include <algorithm>
#include <limits>

#include "formulations/market/ac_check.hpp"
#include "formulations/market/ac_cut.hpp"
#include "formulations/market/settlement.hpp"

namespace headroom {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

ReplayedLimits limits_of(const std::array<std::vector<double>, position_kind_count>& limits) {
    return {limits[0], limits[1], limits[2], limits[3]};
}

/// Clears with the room that AC leaves under the envelopes, and sees to it that AC carries what comes of it.
class SecureMarket {
public:
    SecureMarket(const Region& region, const SeriesSet& series, const ClearingQuestion& question,
                 const EnvelopeResult& envelopes, const std::vector<std::string>& faults, const ClearingRun& run)
        : region_(region),
          series_(series),
          question_(question),
          envelopes_(envelopes),
          faults_(faults),
          run_(run),
          check_(region, series, question, faults, run.threads),
          ac_{check_.replay_all(
                  {envelopes.export_limit, envelopes.import_limit, envelopes.q_inject_limit, envelopes.q_absorb_limit}),
              {envelopes.export_limit,
               envelopes.import_limit,
               envelopes.q_inject_limit,
               envelopes.q_absorb_limit,
               {}}} {
        close_insecure_items();
    }

    ClearingResult clear() {
        ClearingResult result = clear_once();
        if (question_.mechanism == Mechanism::continuous)
            cut_in_ac(region_, series_, check_, result);
        else
            result = tighten(std::move(result));
        for (const std::size_t item : insecure_) result.status[item] = ClearingStatus::insecure;
        return result;
    }

private:
    static constexpr int round_limit = 8;
    static constexpr int share_halvings = 10;

    ClearingResult clear_once() {
        ClearingResult result = clear_linear(region_, series_, question_, envelopes_, &ac_, faults_, run_);
        result.secure.worst_excess.assign(result.status.size(), nan);
        return result;
    }

    /// Envelopes that AC does not carry are nothing to begin with.
    void close_insecure_items() {
        for (std::size_t step = 0; step < series_.step_count(); ++step)
            for (std::size_t feeder = 0; feeder < region_.feeder_count(); ++feeder) {
                const std::size_t item = step * region_.feeder_count() + feeder;
                const bool has_limits = ac_.worst.status[item] == ReplayStatus::replayed
                                        || ac_.worst.status[item] == ReplayStatus::diverged;
                if (!has_limits || ac_.worst.clean(item)) continue;
                insecure_.push_back(item);
                for (auto k = region_.feeder.customer_offset[feeder]; k < region_.feeder.customer_offset[feeder + 1];
                     ++k)
                    for (const LimitMembers& members : limit_members)
                        if (auto& limits = envelopes_.*members.limit; !limits.empty())
                            limits[step * region_.customer_count() + static_cast<std::size_t>(k)] = nan;
            }
    }

    /// An auction has no order of trades: what AC finds passed is taken from the room, and the auction held again.
    ClearingResult tighten(ClearingResult result) {
        for (int round = 1;; ++round) {
            const ReplayResult after = check_.replay_all(limits_of(result.after));
            for (std::size_t item = 0; item < result.status.size(); ++item)
                result.secure.worst_excess[item] = after.excess(item);
            result.secure.rounds = result.secure.replays = round;
            if (!take_excess(after)) return result;
            if (round == round_limit) return without_refused(std::move(result), after);
            ac_.at = result.after;
            result = clear_once();
        }
    }

    /// @return whether a limit is passed
    bool take_excess(const ReplayResult& after) {
        bool passed = false;
        const std::size_t rows = after.rows.size();
        for (std::size_t k = 0; k < after.worst_value.size(); ++k) {
            const double limit = after.rows.limit[k % rows], value = after.worst_value[k];
            const bool is_minimum = after.rows.kind[k % rows] == RowKind::voltage_min;
            const double excess = is_minimum ? limit - value : value - limit;
            if (!(excess > ac_violation / 2 * limit)) continue;
            const std::size_t item =
                k / rows * after.feeder_count + static_cast<std::size_t>(after.rows.feeder[k % rows]);
            passed = passed || !after.clean(item);
            ac_.worst.worst_value[k] += is_minimum ? -excess : excess;
        }
        return passed;
    }

    /// One part of an auction that AC refuses, and the share of it that AC carries.
    struct Shrunk {
        AuctionPart* part;
        std::size_t feeder;
        double clean = 0, unclean = 1;
    };

    /// The largest common share of all that a part has accepted which AC carries: w0 + share (w - w0), by halves. Parts
    /// with orders that have a rule about quantities cannot be shared.
    std::vector<Shrunk> shrink(ClearingResult& result, const ReplayResult& after) const {
        std::vector<Shrunk> parts;
        for (std::size_t feeder = 0; feeder < result.feeder_count; ++feeder)
            for (auto k = result.part_offset[feeder]; k < result.part_offset[feeder + 1]; ++k) {
                AuctionPart& part = result.parts[static_cast<std::size_t>(k)];
                const bool carried = std::ranges::all_of(part.steps, [&](std::int32_t step) {
                    return is_carried(after, static_cast<std::size_t>(step), feeder);
                });
                if (!carried && may_be_parted(result, part, feeder)) parts.push_back({&part, feeder});
            }
        for (int halving = 0; halving < share_halvings && !parts.empty(); ++halving) try_shares(result, parts);
        return parts;
    }

    bool may_be_parted(const ClearingResult& result, const AuctionPart& part, std::size_t feeder) const {
        for (auto k = result.trade_offset[feeder]; k < result.trade_offset[feeder + 1]; ++k) {
            const Trade& trade = result.trades[static_cast<std::size_t>(k)];
            if (std::ranges::find(part.steps, trade.step) != part.steps.end()
                && !region_.order.may_be_parted(static_cast<std::size_t>(std::max(trade.buy, trade.sell))))
                return false;
        }
        return true;
    }

    void try_shares(ClearingResult& result, std::vector<Shrunk>& parts) const {
        std::vector<AcQuestion> questions;
        for (const Shrunk& shrunk : parts)
            for (const std::int32_t step : shrunk.part->steps)
                questions.push_back(limits_at(result, shrunk.feeder, static_cast<std::size_t>(step),
                                              (shrunk.clean + shrunk.unclean) / 2));
        const std::vector<double> excess = check_.excess_of(questions);
        ++result.secure.replays;
        std::size_t next = 0;
        for (Shrunk& shrunk : parts) {
            bool is_clean = true;
            const std::size_t first = next;
            for (std::size_t k = 0; k < shrunk.part->steps.size(); ++k)
                is_clean = excess[next++] <= ac_refused && is_clean;
            for (std::size_t k = 0; is_clean && k < shrunk.part->steps.size(); ++k)
                result.secure.worst_excess[static_cast<std::size_t>(shrunk.part->steps[k]) * result.feeder_count
                                           + shrunk.feeder] = excess[first + k];
            (is_clean ? shrunk.clean : shrunk.unclean) = (shrunk.clean + shrunk.unclean) / 2;
        }
    }

    AcQuestion limits_at(const ClearingResult& result, std::size_t feeder, std::size_t step, double share) const {
        AcQuestion question{feeder, step, {}};
        const std::size_t row = step * result.customer_count;
        for (std::size_t kind = 0; kind < 4; ++kind)
            for (auto k = region_.feeder.customer_offset[feeder];
                 !result.before[kind].empty() && k < region_.feeder.customer_offset[feeder + 1]; ++k) {
                const std::size_t at = row + static_cast<std::size_t>(k);
                question.limits[kind].push_back(result.before[kind][at]
                                                + share * (result.after[kind][at] - result.before[kind][at]));
            }
        return question;
    }

    /// Writes the shares down; what is left of a part is carried, and no optimum any more.
    static void take_shares(ClearingResult& result, const std::vector<Shrunk>& parts) {
        for (const Shrunk& shrunk : parts) {
            shrunk.part->certified = false;
            shrunk.part->welfare *= shrunk.clean;
            for (auto k = result.trade_offset[shrunk.feeder]; k < result.trade_offset[shrunk.feeder + 1]; ++k) {
                Trade& trade = result.trades[static_cast<std::size_t>(k)];
                if (std::ranges::find(shrunk.part->steps, trade.step) != shrunk.part->steps.end())
                    trade.quantity *= shrunk.clean;
            }
            for (const std::int32_t step : shrunk.part->steps)
                result.status[static_cast<std::size_t>(step) * result.feeder_count + shrunk.feeder] =
                    ClearingStatus::ac_shrunk;
        }
    }

    /// Takes back what AC still refuses, with all steps that are cleared together with one refused.
    ClearingResult without_refused(ClearingResult result, const ReplayResult& after) {
        std::vector<Shrunk> shares = shrink(result, after);
        std::erase_if(shares, [](const Shrunk& shrunk) { return shrunk.clean == 0; });
        take_shares(result, shares);
        std::vector<char> refused(result.status.size(), 0);
        for (std::size_t feeder = 0; feeder < result.feeder_count; ++feeder)
            for (auto k = result.part_offset[feeder]; k < result.part_offset[feeder + 1]; ++k) {
                AuctionPart& part = result.parts[static_cast<std::size_t>(k)];
                const bool carried = std::ranges::all_of(part.steps, [&](std::int32_t step) {
                    return is_carried(after, static_cast<std::size_t>(step), feeder);
                });
                if (!carried && std::ranges::any_of(shares, [&](const Shrunk& s) { return s.part == &part; })) continue;
                part.certified = part.certified && carried;
                for (const std::int32_t step : part.steps)
                    if (!carried) refused[static_cast<std::size_t>(step) * result.feeder_count + feeder] = 1;
            }
        std::vector<Trade> kept;
        std::vector<std::int64_t> offset{0};
        for (std::size_t feeder = 0; feeder < result.feeder_count; ++feeder) {
            for (auto k = result.trade_offset[feeder]; k < result.trade_offset[feeder + 1]; ++k) {
                const Trade& trade = result.trades[static_cast<std::size_t>(k)];
                if (refused[static_cast<std::size_t>(trade.step) * result.feeder_count + feeder] == 0)
                    kept.push_back(trade);
            }
            offset.push_back(static_cast<std::int64_t>(kept.size()));
        }
        for (std::size_t item = 0; item < refused.size(); ++item)
            if (refused[item] != 0) result.status[item] = ClearingStatus::insecure;
        result.trades = std::move(kept);
        result.trade_offset = std::move(offset);
        settle(region_, series_, result);
        return result;
    }
    static bool is_carried(const ReplayResult& after, std::size_t step, std::size_t feeder) {
        const std::size_t item = step * after.feeder_count + feeder;
        return after.status[item] == ReplayStatus::no_limits || after.clean(item);
    }

    const Region& region_;
    const SeriesSet& series_;
    const ClearingQuestion& question_;
    EnvelopeResult envelopes_;
    const std::vector<std::string>& faults_;
    const ClearingRun& run_;
    AcCheck check_;
    AcRoom ac_;  ///< worst values under the envelopes; of auctions also what later rounds have found passed
    std::vector<std::size_t> insecure_;
};

}  // namespace

ClearingResult clear_in_ac(const Region& region, const SeriesSet& series, const ClearingQuestion& question,
                           const EnvelopeResult& envelopes, const std::vector<std::string>& faults,
                           const ClearingRun& run) {
    return SecureMarket(region, series, question, envelopes, faults, run).clear();
}

}  // namespace headroom
