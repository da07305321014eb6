#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "formulations/market/clear_market.hpp"
#include "formulations/secure/replay.hpp"

namespace headroom {

/// Limits of one feeder in one step, to be asked whether AC carries them.
struct AcQuestion {
    std::size_t feeder, step;
    std::vector<double> limits[4];  ///< by LimitKind [#customer of the feeder] W; the last two may be empty
};

/// @param limits  by position_kind [step x customer] W
AcQuestion ac_question(const Region& region, const std::array<std::vector<double>, position_kind_count>& limits,
                       std::size_t feeder, std::size_t step);
ReplayedLimits replayed_limits(const std::array<std::vector<double>, position_kind_count>& limits);

/// Replays limits of a market in AC: at the points searched for each limit of the network, as `headroom replay` does.
class AcCheck {
public:
    AcCheck(const Region& region, const SeriesSet& series, const ClearingQuestion& question,
            const std::vector<std::string>& faults, const ClearingRun& run)
        : region_(region), series_(series), question_(question), faults_(faults), run_{run.threads, {}, run.stop} {}

    /// Every feeder and step at once. @param limits  by LimitKind [step x customer] W
    ReplayResult replay_all(const ReplayedLimits& limits) const;
    /// Single items, one of each feeder and step at most. @return [#question] largest excess per unit, NaN: diverged
    std::vector<double> excess_of(const std::vector<AcQuestion>& questions) const;

private:
    const Region& region_;
    const SeriesSet& series_;
    const ClearingQuestion& question_;
    const std::vector<std::string>& faults_;
    ReplayRun run_;
};

/// [#row of rows] row among [range.first, range.second) of another table that is the same limit; -1: there is none.
std::vector<std::int64_t> same_limits(const RowTable& rows, const RowTable& other,
                                      std::pair<std::size_t, std::size_t> range);

/// Worst AC values of a feeder for the limits of other rows of it, [#step x #limit] V or V A; NaN where a limit is not
/// among those replayed.
std::vector<double> ac_values(const ReplayResult& replayed, std::size_t feeder, const SecurityRows& rows);

}  // namespace headroom
