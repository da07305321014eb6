#pragma once

#include <cstdint>
#include <vector>

#include "formulations/flow/ac_branch_flow.hpp"
#include "formulations/flow/ac_power_flow.hpp"
#include "formulations/flow/ac_watch.hpp"
#include "formulations/network/feeder_reach.hpp"
#include "formulations/network/tap_runs.hpp"
#include "formulations/state/state_limits.hpp"
#include "formulations/state/state_result.hpp"
#include "formulations/state/terminal_table.hpp"

namespace headroom {

/// One feeder made ready for the power flows of all of its steps at its forecast.
class FeederState {
public:
    /// @param region, series, terminals  must outlive this
    /// @throws InvalidFeeder  as AcPowerFlow does
    FeederState(const Region& region, std::int64_t feeder, const SeriesSet& series, const TapRun& run,
                const TerminalTable& terminals, const AcSettings& settings);

    const std::vector<SecurityLimit>& limits() const { return limits_.limits; }
    std::int64_t idle_customers() const { return static_cast<std::int64_t>(flow_.network().unfed_customers.size()); }

    /// Work arrays; one per thread.
    struct Workspace {
        AcInputs inputs;
        AcLanes lanes;
        AcFlowLanes flows;
        LaneArray value;  ///< [#quantity x lane]
    };
    Workspace workspace() const;

    /// Where the answers go: rows of the feeder's limits start at `first_row` of `result`; null: nobody asks for the
    /// voltages and currents.
    struct Target {
        StateResult& result;
        std::size_t first_row;
        StateBlock* block;
    };
    /// Solves as many steps from `first` on as there are lanes and left in the run.
    void solve_steps(std::size_t first, Workspace& work, const Target& target) const;

private:
    void tell(std::size_t step, int lane, const Workspace& work, const Target& target) const;
    void tell_voltages(std::size_t item, int lane, const LaneArray& value, const Target& target) const;
    void tell_ratings(std::size_t item, int lane, const LaneArray& value, const Target& target) const;
    void tell_divergence(std::size_t item, const AcLane& lane, StateResult& result) const;
    void keep_voltages(std::size_t step, int lane, const AcLanes& lanes, StateBlock& block) const;
    void keep_currents(std::size_t step, int lane, const AcFlowLanes& flows, StateBlock& block) const;

    const Region& region_;
    const SeriesSet& series_;
    TapRun run_;
    const TerminalTable& terminals_;
    std::size_t feeder_;
    FeederReach reach_;
    AcPowerFlow flow_;
    AcBranchFlow branch_flow_;
    StateLimits limits_;
    AcWatch watch_;
    std::int64_t first_terminal_, branch_first_;
    std::vector<std::int32_t> slot_;         ///< [#terminal of the feeder] -1: not fed
    std::vector<std::int32_t> current_row_;  ///< [#branch of the feeder x conductor] -1: nothing flows
};

}  // namespace headroom
