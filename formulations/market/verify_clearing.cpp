#include "formulations/market/verify_clearing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "formulations/market/ac_cut.hpp"
#include "formulations/market/clearing_walk.hpp"
#include "solver/batch/run_batch.hpp"

namespace headroom {
namespace {

/// Limits after a market that is to be secure in AC, replayed once more.
void replay_limits(const Region& region, const SeriesSet& series, const ClearingQuestion& question,
                   const ClearingResult& result, int threads, std::vector<std::string>& faults) {
    const AcCheck check(region, series, question, result.feeder_fault, {.threads = threads});
    const ReplayResult replayed = check.replay_all(replayed_limits(result.after));
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
    std::int64_t count = 0;
    for (std::size_t feeder = 0; feeder < result.feeder_count; ++feeder)
        for (const AuctionPart& part : result.parts_of(feeder))
            if (part.proof.state == BoundProof::State::not_stored && has_whole_orders(region, result, feeder, part))
                ++count;
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
