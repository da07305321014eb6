#include "formulations/market/secure_market.hpp"

#include <algorithm>
#include <limits>

#include "formulations/market/ac_check.hpp"
#include "formulations/market/ac_cut.hpp"
#include "formulations/market/settlement.hpp"

namespace headroom {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

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
        run_.finished = {};  // of later rounds nobody need hear
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
            const ReplayResult after = check_.replay_all(replayed_limits(result.after));
            for (std::size_t item = 0; item < result.status.size(); ++item)
                result.secure.worst_excess[item] = after.excess(item);
            result.secure.rounds = result.secure.replays = round;
            const std::vector<char> passed = feeders_passed(after);
            if (std::ranges::count(passed, 1) == 0) return result;
            if (round == round_limit) return without_refused(std::move(result), after);
            take_excess(after, result, passed);
            result = clear_once();
        }
    }

    struct Excess {
        double value = 0, limit = 0;
        bool is_minimum = false;
        std::size_t item = 0, feeder = 0;
        bool counts() const { return value > ac_violation / 2 * limit; }
    };
    static Excess excess_at(const ReplayResult& after, std::size_t k) {
        const std::size_t rows = after.rows.size(), row = k % rows;
        const double limit = after.rows.limit[row], value = after.worst_value[k];
        const bool is_minimum = after.rows.kind[row] == RowKind::voltage_min;
        const auto feeder = static_cast<std::size_t>(after.rows.feeder[row]);
        return {is_minimum ? limit - value : value - limit, limit, is_minimum, k / rows * after.feeder_count + feeder,
                feeder};
    }

    /// [#feeder] 1 where a limit is passed. The others are done: a feeder gets what it would get alone.
    static std::vector<char> feeders_passed(const ReplayResult& after) {
        std::vector<char> passed(after.feeder_count);
        for (std::size_t k = 0; k < after.worst_value.size(); ++k)
            if (const Excess excess = excess_at(after, k); excess.counts() && !after.clean(excess.item))
                passed[excess.feeder] = 1;
        return passed;
    }

    void take_excess(const ReplayResult& after, const ClearingResult& result, const std::vector<char>& passed) {
        for (std::size_t k = 0; k < after.worst_value.size(); ++k)
            if (const Excess excess = excess_at(after, k); excess.counts() && passed[excess.feeder] != 0)
                ac_.worst.worst_value[k] += excess.is_minimum ? -excess.value : excess.value;
        for (std::size_t feeder = 0; feeder < passed.size(); ++feeder)
            if (passed[feeder] != 0) move_to(result, feeder);
    }

    /// Room is counted from the limits of this clearing on.
    void move_to(const ClearingResult& result, std::size_t feeder) {
        const std::int64_t first = region_.feeder.customer_offset[feeder],
                           count = region_.feeder.customer_offset[feeder + 1] - first;
        for (std::size_t kind = 0; kind < ac_.at.size(); ++kind) {
            if (ac_.at[kind].empty()) continue;
            for (std::size_t step = 0; step < result.step_count; ++step) {
                const auto place = static_cast<std::ptrdiff_t>(step * result.customer_count) + first;
                std::copy_n(result.after[kind].begin() + place, count, ac_.at[kind].begin() + place);
            }
        }
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
            for (AuctionPart& part : result.parts_of(feeder))
                if (!is_carried(after, part, feeder) && may_be_parted(result, part, feeder))
                    parts.push_back({&part, feeder});
        for (int halving = 0; halving < share_halvings && !parts.empty(); ++halving) try_shares(result, parts);
        return parts;
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

    /// Takes back what AC still refuses, with all steps that are cleared together with one refused.
    ClearingResult without_refused(ClearingResult result, const ReplayResult& after) {
        std::vector<Shrunk> shares = shrink(result, after);
        std::erase_if(shares, [](const Shrunk& shrunk) { return shrunk.clean == 0; });
        take_shares(result, shares);
        for (std::size_t feeder = 0; feeder < result.feeder_count; ++feeder)
            for (AuctionPart& part : result.parts_of(feeder)) {
                const bool shrunk = std::ranges::any_of(shares, [&](const Shrunk& s) { return s.part == &part; });
                if (shrunk || is_carried(after, part, feeder)) continue;
                part.certified = false;
                for (const std::int32_t step : part.steps)
                    result.status[result.item(static_cast<std::size_t>(step), feeder)] = ClearingStatus::insecure;
            }
        result.erase_trades([&](const Trade& trade, std::size_t feeder) {
            return result.status[result.item(static_cast<std::size_t>(trade.step), feeder)] == ClearingStatus::insecure;
        });
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
