#include "formulations/market/secure_market.hpp"

#include <algorithm>

#include "formulations/market/ac_check.hpp"
#include "formulations/market/ac_cut.hpp"
#include "formulations/market/settlement.hpp"
#include "solver/numbers.hpp"

namespace headroom {
namespace {

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
          check_(region, series, question, faults, run),
          before_(check_.replay_all(
              {envelopes.export_limit, envelopes.import_limit, envelopes.q_inject_limit, envelopes.q_absorb_limit})) {
        close_insecure_items();
    }

    ClearingResult clear() {
        ClearingResult result = clear_linear(region_, series_, question_, envelopes_, &before_, faults_, run_);
        result.secure.worst_excess.assign(result.status.size(), nan);
        if (question_.mechanism == Mechanism::continuous)
            cut_in_ac(region_, series_, check_, result);
        else
            result = replayed(std::move(result));
        for (const std::size_t item : insecure_) result.status[item] = ClearingStatus::insecure;
        return result;
    }

private:
    static constexpr int share_halvings = 10;

    /// Envelopes that AC does not carry are nothing to begin with.
    void close_insecure_items() {
        for (std::size_t step = 0; step < series_.step_count(); ++step)
            for (std::size_t feeder = 0; feeder < region_.feeder_count(); ++feeder) {
                const std::size_t item = step * region_.feeder_count() + feeder;
                const bool has_limits =
                    before_.status[item] == ReplayStatus::replayed || before_.status[item] == ReplayStatus::diverged;
                if (!has_limits || before_.clean(item)) continue;
                insecure_.push_back(item);
                for (auto k = region_.feeder.customer_offset[feeder]; k < region_.feeder.customer_offset[feeder + 1];
                     ++k)
                    for (const LimitMembers& members : limit_members)
                        if (auto& limits = envelopes_.*members.limit; !limits.empty())
                            limits[step * region_.customer_count() + static_cast<std::size_t>(k)] = nan;
            }
    }

    /// What the market found AC to carry is replayed from farther; what that refuses is shared or undone.
    ClearingResult replayed(ClearingResult result) {
        const ReplayResult after = check_.replay_all(replayed_limits(result.after));
        ++result.secure.replays;
        for (std::size_t item = 0; item < result.status.size(); ++item)
            result.secure.worst_excess[item] = after.excess(item);
        return without_refused(std::move(result), after);
    }

    /// One part of an auction that AC refuses, and the share of it that AC carries.
    struct Shrunk {
        AuctionPart* part;
        std::size_t feeder;
        double clean = 0, unclean = 1;
    };

    /// The parts that AC refuses, each with the largest common share of all that it has accepted which AC carries:
    /// w0 + share (w - w0), by halves. It is nothing where orders that have a rule about quantities are accepted.
    std::vector<Shrunk> shrink(ClearingResult& result, const ReplayResult& after) const {
        std::vector<Shrunk> parts, whole;
        for (std::size_t feeder = 0; feeder < result.feeder_count; ++feeder)
            for (AuctionPart& part : result.parts_of(feeder)) {
                if (is_carried(after, part, feeder)) continue;
                const Shrunk& refused =
                    (may_be_parted(result, part, feeder) ? parts : whole).emplace_back(Shrunk{&part, feeder});
                start_from_envelopes(result, refused);
            }
        for (int halving = 0; halving < share_halvings && !parts.empty(); ++halving) try_shares(result, parts);
        parts.insert(parts.end(), whole.begin(), whole.end());
        return parts;
    }

    /// No trades at all are the limits before the market, which AC carries.
    void start_from_envelopes(ClearingResult& result, const Shrunk& shrunk) const {
        for (const std::int32_t step : shrunk.part->steps) {
            const std::size_t item = result.item(static_cast<std::size_t>(step), shrunk.feeder);
            result.secure.worst_excess[item] = before_.excess(item);
        }
    }

    bool may_be_parted(const ClearingResult& result, const AuctionPart& part, std::size_t feeder) const {
        return std::ranges::all_of(result.trades_of(feeder), [&](const Trade& trade) {
            return std::ranges::find(part.steps, trade.step) == part.steps.end()
                   || region_.order.may_be_parted(static_cast<std::size_t>(std::max(trade.buy, trade.sell)));
        });
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
                result.secure
                    .worst_excess[result.item(static_cast<std::size_t>(shrunk.part->steps[k]), shrunk.feeder)] =
                    excess[first + k];
            (is_clean ? shrunk.clean : shrunk.unclean) = (shrunk.clean + shrunk.unclean) / 2;
        }
    }

    AcQuestion limits_at(const ClearingResult& result, std::size_t feeder, std::size_t step, double share) const {
        AcQuestion question = ac_question(region_, result.before, feeder, step);
        const AcQuestion after = ac_question(region_, result.after, feeder, step);
        for (std::size_t kind = 0; kind < 4; ++kind)
            for (std::size_t k = 0; k < question.limits[kind].size(); ++k)
                question.limits[kind][k] += share * (after.limits[kind][k] - question.limits[kind][k]);
        return question;
    }

    /// Writes the shares down; what is left of a part is carried, and no optimum any more.
    static void take_shares(ClearingResult& result, const std::vector<Shrunk>& parts) {
        for (const Shrunk& shrunk : parts) {
            shrunk.part->certified = false;
            shrunk.part->welfare *= shrunk.clean;
            for (Trade& trade : result.trades_of(shrunk.feeder))
                if (std::ranges::find(shrunk.part->steps, trade.step) != shrunk.part->steps.end())
                    trade.quantity *= shrunk.clean;
            for (const std::int32_t step : shrunk.part->steps)
                result.status[result.item(static_cast<std::size_t>(step), shrunk.feeder)] = ClearingStatus::ac_shrunk;
        }
    }

    /// Of what AC refuses the share that it carries; where it carries none, or some of it trades as a whole, the trades
    /// of all steps that are cleared together are undone, which leaves the envelopes.
    ClearingResult without_refused(ClearingResult result, const ReplayResult& after) {
        std::vector<Shrunk> refused = shrink(result, after);
        if (refused.empty()) return result;
        take_shares(result, refused);
        result.erase_trades([](const Trade& trade, std::size_t) { return !(trade.quantity > 0); });
        settle(region_, series_, result);
        return result;
    }

    static bool is_carried(const ReplayResult& after, const AuctionPart& part, std::size_t feeder) {
        return std::ranges::all_of(part.steps, [&](std::int32_t step) {
            const std::size_t item = static_cast<std::size_t>(step) * after.feeder_count + feeder;
            return after.status[item] == ReplayStatus::no_limits || after.clean(item);
        });
    }

    const Region& region_;
    const SeriesSet& series_;
    const ClearingQuestion& question_;
    EnvelopeResult envelopes_;
    const std::vector<std::string>& faults_;
    ClearingRun run_;
    AcCheck check_;
    ReplayResult before_;  ///< worst values under the envelopes
    std::vector<std::size_t> insecure_;
};

}  // namespace

ClearingResult clear_in_ac(const Region& region, const SeriesSet& series, const ClearingQuestion& question,
                           const EnvelopeResult& envelopes, const std::vector<std::string>& faults,
                           const ClearingRun& run) {
    return SecureMarket(region, series, question, envelopes, faults, run).clear();
}

}  // namespace headroom
