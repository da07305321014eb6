#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "formulations/flow/ac_power_flow.hpp"
#include "formulations/flow/ac_watch.hpp"
#include "formulations/flow/security_rows.hpp"
#include "formulations/network/tap_runs.hpp"
#include "formulations/risk/congestion_forecast.hpp"
#include "formulations/risk/injection_disturbance.hpp"
#include "formulations/risk/sample_table.hpp"
#include "formulations/secure/watched_limits.hpp"

namespace headroom {

/// One feeder made ready for a run of steps: its power flow, its limits, and where its statistics go.
class FeederForecast {
public:
    /// @param region, series, question  must outlive this
    /// @param row_in_case               of the feeder, where the region is part of a case: its samples hang on it
    /// @throws InvalidFeeder
    FeederForecast(const Region& region, std::int64_t feeder, const SeriesSet& series, const TapRun& run,
                   const CongestionQuestion& question, std::int64_t row_in_case);

    const std::vector<SecurityLimit>& limits() const { return limits_; }
    std::uint64_t sample_bytes() const;  ///< of one workspace, but for a little

    /// Work arrays for one step; one per thread.
    struct Workspace {
        AcInputs inputs;
        AcLanes lanes;
        WatchedLimits::Workspace watched;
        LaneArray head;  ///< [1 x lane] W
        InjectionDisturbance disturbance;
        SampleTable table;
        LaneArray passed;         ///< [#limit x lane] samples that pass the limit
        LaneArray distance;       ///< [#limit x lane] sum of their excesses
        std::vector<double> row;  ///< [#quantile]
    };
    Workspace workspace() const;

    /// [#step x #limit of this feeder], as the rows of CongestionResult.
    struct LimitStatistics {
        std::vector<std::int32_t> violated;
        std::vector<double> mean, deviation, excess, quantile;
    };
    LimitStatistics limit_statistics() const;  ///< of this feeder's size

    /// Samples one step and writes its part of `result` and `limits`.
    void solve_step(std::size_t step, Workspace& work, CongestionResult& result, LimitStatistics& limits) const;

private:
    FeederForecast(const Region& region, std::int64_t feeder, const SeriesSet& series, const TapRun& run,
                   const CongestionQuestion& question, std::int64_t row_in_case, const SecurityRows& rows);

    /// Of one step, over its samples.
    struct Tally {
        std::int32_t diverged = 0, violated = 0;
        double passed_limits = 0;  ///< sum over the samples that have an answer
    };

    bool sees_swept_only() const;
    std::size_t head() const { return watched_.quantity_count(); }  ///< its number in the sample table
    void load_step(std::size_t step, Workspace& work) const;
    Tally sample_step(Workspace& work) const;
    void count_passed(Workspace& work, Tally& tally) const;
    void describe_limits(std::size_t step, const Tally& tally, Workspace& work, LimitStatistics& limits) const;
    void describe_limit(std::size_t limit, std::size_t row, const SampleTable::Moments& value, const Tally& tally,
                        const Workspace& work, LimitStatistics& limits) const;

    const Region& region_;
    const SeriesSet& series_;
    const CongestionQuestion& question_;
    std::size_t feeder_;
    std::uint32_t row_in_case_;
    std::vector<SecurityLimit> limits_;
    AcPowerFlow flow_;
    WatchedLimits watched_;
    AcWatch head_;
    bool swept_only_;  ///< everything that is watched is where sweeps go
};

}  // namespace headroom
