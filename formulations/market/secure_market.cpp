#include "formulations/market/secure_market.hpp"

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
          ac_(check_.replay_all(
              {envelopes.export_limit, envelopes.import_limit, envelopes.q_inject_limit, envelopes.q_absorb_limit})) {
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
    static constexpr int round_limit = 20;

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
                const bool has_limits =
                    ac_.status[item] == ReplayStatus::replayed || ac_.status[item] == ReplayStatus::diverged;
                if (!has_limits || ac_.clean(item)) continue;
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
            ac_.worst_value[k] += is_minimum ? -excess : excess;
        }
        return passed;
    }

    ClearingResult without_refused(ClearingResult result, const ReplayResult& after) {
        std::vector<Trade> kept;
        std::vector<std::int64_t> offset{0};
        for (std::size_t feeder = 0; feeder < result.feeder_count; ++feeder) {
            for (auto k = result.trade_offset[feeder]; k < result.trade_offset[feeder + 1]; ++k) {
                const Trade& trade = result.trades[static_cast<std::size_t>(k)];
                if (is_carried(after, static_cast<std::size_t>(trade.step), feeder)) kept.push_back(trade);
            }
            offset.push_back(static_cast<std::int64_t>(kept.size()));
            for (std::size_t step = 0; step < result.step_count; ++step)
                if (!is_carried(after, step, feeder))
                    result.status[step * result.feeder_count + feeder] = ClearingStatus::insecure;
        }
        for (std::size_t feeder = 0; feeder < result.feeder_count; ++feeder)
            for (auto k = result.part_offset[feeder]; k < result.part_offset[feeder + 1]; ++k) {
                AuctionPart& part = result.parts[static_cast<std::size_t>(k)];
                for (const std::int32_t step : part.steps)
                    part.certified = part.certified && is_carried(after, static_cast<std::size_t>(step), feeder);
            }
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
    ReplayResult ac_;  ///< worst values under the envelopes; of auctions also what later rounds have found passed
    std::vector<std::size_t> insecure_;
};

}  // namespace

ClearingResult clear_in_ac(const Region& region, const SeriesSet& series, const ClearingQuestion& question,
                           const EnvelopeResult& envelopes, const std::vector<std::string>& faults,
                           const ClearingRun& run) {
    return SecureMarket(region, series, question, envelopes, faults, run).clear();
}

}  // namespace headroom
