#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "formulations/envelope/envelope_result.hpp"
#include "formulations/envelope/question.hpp"
#include "formulations/flow/load_window.hpp"
#include "formulations/network/region.hpp"

namespace headroom {

/// Limits to replay, of one series. Arrays are [step x customer]; NaN: none.
struct ReplayedLimits {
    std::vector<double> export_limit, import_limit;      ///< W
    std::vector<double> q_inject_limit, q_absorb_limit;  ///< V A; empty: reactive ranges are adversarial
};

struct ReplaySettings {
    int random_corners = 100;  ///< per step
    int random_points = 100;   ///< per step, inside the box, uniform in each coordinate
    std::uint64_t seed = 1;
    double near = 0.03;        ///< per unit: limits this close are searched
    bool all_corners = false;  ///< every corner, where the envelopes have at most 20 coordinates
    bool free_taps = false;    ///< the points searched once more, with the taps that controls come to at each
    std::optional<LoadWindow> window = {};  ///< outside which loads change their model; none: they keep it
    /// Limits times active customers of the largest feeder whose steps are searched eight at a time, with all limits,
    /// which then help each other: their points take some 300 MB. Of larger ones one step is, 64 limits at a time.
    std::size_t together = 200'000;
};

/// What an item came to.
enum class ReplayStatus : std::int8_t {
    replayed = 0,
    no_limits = 1,      ///< nothing was published
    diverged = 2,       ///< some point of the envelope has no power flow
    invalid_input = 3,  ///< the feeder has a fault
};

/// Which points a worst value was found among.
enum class ReplayPoints : std::int8_t {
    searched = 0,
    random_corners = 1,
    random_points = 2,
    all_corners = 3,
    free_taps = 4,  ///< those searched, with taps solved at each: for report only, no limit counts as violated there
};
inline constexpr std::size_t replay_point_kinds = 5;

/// Worst AC values of a region under its limits. Arrays are [step x feeder] or [step x row]; NaN: not replayed.
struct ReplayResult {
    RowTable rows;
    std::vector<ReplayStatus> status;  ///< [step x feeder]
    /// By ReplayPoints [step x feeder] per unit of voltage or rating.
    std::array<std::vector<double>, replay_point_kinds> worst_excess;
    std::vector<std::int32_t> worst_row;    ///< [step x feeder] row of the largest of all, or -1
    std::vector<std::int32_t> violated;     ///< [step x feeder] limits passed by more than 1e-6
    std::vector<std::int32_t> points;       ///< [step x feeder] power flows
    std::vector<double> worst_value;        ///< [step x row] V or V A, of all points
    std::vector<std::string> feeder_fault;  ///< [feeder] "" when none
    std::size_t step_count = 0, feeder_count = 0;

    std::vector<double> worst_share() const;  ///< [step x row] worst_value over the row's limit
    double excess(std::size_t item) const;    ///< largest of worst_excess with taps held; NaN: not replayed
    bool clean(std::size_t item) const;       ///< replayed, with power flows everywhere and no limit violated
};

struct ReplayRun {
    int threads = 0;  ///< <= 0: all
    std::function<void(std::int64_t items)> finished = {};
    const std::atomic<bool>* stop = nullptr;  ///< once true, Stopped is thrown
    std::int64_t first_feeder = 0;            ///< row in the case of the region's first feeder: seeds hang on it
};

/// Replays limits in AC: at the corners that the linear rows name, all up and all down, at what the search of
/// worst_points.hpp finds from there, and at random corners and points (seeded by step and row of the feeder, so that
/// the same limits give the same numbers in any order).
/// @param question  what the limits were asked for: basis, monitoring and joint reactive limits count
/// @param faults    [#feeder] as for allocate()
/// @throws std::invalid_argument  where the limits do not have the size of the case
ReplayResult replay(const Region& region, const SeriesSet& series, const AllocationQuestion& question,
                    const ReplayedLimits& limits, const std::vector<std::string>& faults,
                    const ReplaySettings& settings, const ReplayRun& run);

}  // namespace headroom
