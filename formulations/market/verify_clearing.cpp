#include "formulations/market/verify_clearing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <tuple>

#include "formulations/market/ac_cut.hpp"
#include "formulations/market/clearing_walk.hpp"
#include "solver/batch/run_batch.hpp"

namespace headroom {
namespace {

/// How full limits with a price are at least: what AC rows may be held off by once answers go round in a circle, twice.
constexpr double full_voltage = 1.8e-4, full_rating = 1.8e-3;

/// [#row of a clearing's table] row of the table of a replay with the same limit; -1: there is none.
std::vector<std::int32_t> replayed_rows(const RowTable& rows, const RowTable& replayed) {
    using Key = std::tuple<RowKind, std::int32_t, std::int32_t, std::string>;
    std::map<Key, std::int32_t> row_of;
    for (std::size_t r = 0; r < replayed.size(); ++r)
        row_of[{replayed.kind[r], replayed.bus[r], replayed.branch[r], replayed.phases[r]}] =
            static_cast<std::int32_t>(r);
    std::vector<std::int32_t> found;
    for (std::size_t r = 0; r < rows.size(); ++r) {
        const auto row = row_of.find({rows.kind[r], rows.bus[r], rows.branch[r], rows.phases[r]});
        found.push_back(row == row_of.end() ? -1 : row->second);
    }
    return found;
}

/// A limit has a price because nobody can have more of it: it is full in AC under the limits after the market.
void check_priced_limits(const Region& region, const ClearingResult& result, const ReplayResult& replayed,
                         std::vector<std::string>& faults) {
    const std::vector<std::int32_t> row_of = replayed_rows(result.rows, replayed.rows);
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
    const bool is_in_ac = !result.secure.worst_excess.empty();
    std::int64_t count = 0;
    for (std::size_t feeder = 0; feeder < result.feeder_count; ++feeder)
        for (const AuctionPart& part : result.parts_of(feeder)) {
            const bool not_stored = part.proof.state == BoundProof::State::not_stored;
            if ((not_stored && has_whole_orders(region, result, feeder, part))
                || (is_in_ac && has_unknown_rows(result, feeder, part)))
                ++count;
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
