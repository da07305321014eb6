#include "formulations/market/verify_clearing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "formulations/market/ac_cut.hpp"
#include "formulations/market/clearing_walk.hpp"
#include "solver/batch/run_batch.hpp"

namespace headroom {
namespace {

/// How full limits with a price are at least: what AC rows may be held off by once answers go round in a circle, twice.
constexpr double full_voltage = 1.8e-4, full_rating = 1.8e-3;

/// A limit has a price because nobody can have more of it: it is full in AC under the limits after the market.
void check_priced_limits(const Region& region, const ClearingResult& result, const ReplayResult& replayed,
                         std::vector<std::string>& faults) {
    const std::vector<std::int64_t> row_of =
        same_limits(result.rows, replayed.rows, {std::size_t{0}, replayed.rows.size()});
    for (const RowPrice& price : result.row_prices) {
        const auto step = static_cast<std::size_t>(price.step), row = static_cast<std::size_t>(price.row);
        const std::size_t item = result.item(step, static_cast<std::size_t>(price.feeder));
        if (result.status[item] != ClearingStatus::cleared || price.tangent < 0 || row_of[row] < 0) continue;
        const double value = replayed.worst_value[step * replayed.rows.size() + static_cast<std::size_t>(row_of[row])];
        const double limit = result.rows.limit[row], share = (value - limit) / limit;
        const bool least = result.rows.kind[row] == RowKind::voltage_min;
        const bool voltage = least || result.rows.kind[row] == RowKind::voltage_max;
        if (!((least ? -share : share) >= -(voltage ? full_voltage : full_rating)))
            faults.push_back(fmt::format(
                "feeder '{}': step {}: row {} has a price and is {:.3g} of it away from its "
                "limit in AC",
                region.feeder.id[static_cast<std::size_t>(price.feeder)], price.step, price.row, std::abs(share)));
    }
}

/// Limits after a market that is to be secure in AC, replayed once more.
void replay_limits(const Region& region, const SeriesSet& series, const ClearingQuestion& question,
                   const ClearingResult& result, int threads, std::vector<std::string>& faults) {
    const AcCheck check(region, series, question, result.feeder_fault, {.threads = threads});
    const ReplayResult replayed = check.replay_all(replayed_limits(result.after));
    check_priced_limits(region, result, replayed, faults);
    for (std::size_t step = 0; step < result.step_count; ++step)
        for (std::size_t feeder = 0; feeder < result.feeder_count; ++feeder) {
            const std::size_t item = result.item(step, feeder);
            if (result.status[item] != ClearingStatus::cleared && result.status[item] != ClearingStatus::ac_shrunk)
                continue;
            if (!(replayed.status[item] == ReplayStatus::replayed && replayed.excess(item) <= ac_violation))
                faults.push_back(
                    fmt::format("feeder '{}': step {}: limits after the market pass a limit of the network "
                                "in AC by {:.3g} per unit",
                                region.feeder.id[feeder], step, replayed.excess(item)));
        }
}

}  // namespace

std::int64_t bounds_without_proof(const Region& region, const ClearingResult& result) {
    std::vector<char> has_unknown_price(result.status.size(),
                                        0);  // of a linear row whose room only a search in AC knows
    for (const RowPrice& price : result.row_prices)
        if (price.tangent < 0 && !result.secure.worst_excess.empty())
            has_unknown_price[result.item(static_cast<std::size_t>(price.step),
                                          static_cast<std::size_t>(price.feeder))] = 1;
    std::int64_t count = 0;
    for (std::size_t feeder = 0; feeder < result.feeder_count; ++feeder)
        for (const AuctionPart& part : result.parts_of(feeder)) {
            const bool not_stored = part.proof.state == BoundProof::State::not_stored;
            const bool unknown = std::ranges::any_of(part.steps, [&](std::int32_t step) {
                return has_unknown_price[result.item(static_cast<std::size_t>(step), feeder)] != 0;
            });
            if (unknown || (not_stored && has_whole_orders(region, result, feeder, part))) ++count;
        }
    return count;
}

std::vector<std::string> verify_clearing(const Region& region, const SeriesSet& series,
                                         const ClearingQuestion& question, const ClearingResult& result, int threads) {
    std::vector<std::vector<std::string>> of_feeder(region.feeder_count());
    run_batch(static_cast<int>(region.feeder_count()), threads, [&](int k, int) {
        const auto feeder = static_cast<std::size_t>(k);
        if (result.feeder_fault[feeder].empty())
            ClearingWalk(region, series, question, result, feeder, of_feeder[feeder]).walk();
    });
    std::vector<std::string> faults;
    for (std::vector<std::string>& own : of_feeder) std::ranges::move(own, std::back_inserter(faults));
    if (question.secure == Secure::ac) replay_limits(region, series, question, result, threads, faults);
    return faults;
}

}  // namespace headroom
