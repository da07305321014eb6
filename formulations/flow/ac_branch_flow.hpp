#pragma once

#include <complex>
#include <vector>

#include "formulations/flow/ac_power_flow.hpp"
#include "formulations/flow/merged_switches.hpp"

namespace headroom {

/// Branch currents and totals of eight scenarios.
struct AcFlowLanes {
    LaneArray
        current;  ///< [#current x (real, imaginary) x lane] A, from the bus into the branch; AcBranchFlow::current()
    LaneArray totals;  ///< [4 x lane]: loss P and Q, head P and Q

    /// What branches and shunts take in all: losses in W, and V A of reactive power.
    double loss_p(int lane) const { return totals[lane]; }
    double loss_q(int lane) const { return totals[lane_count + lane]; }
    /// What the slack bus gives to the feeder, customers at it and behind switches of no impedance included; W, V A,
    /// out of the source positive.
    double head_p(int lane) const { return totals[2 * lane_count + lane]; }
    double head_q(int lane) const { return totals[3 * lane_count + lane]; }
};

/// What flows in the branches at given voltages, at both ends (a rating is compared with the from side).
///
/// A switch of no impedance carries what leaves the network behind its to side; NaN where such switches close a circle
/// among themselves, because nothing settles how they share it.
class AcBranchFlow {
public:
    /// @param flow  must outlive this
    AcBranchFlow(const Region& region, const AcPowerFlow& flow);

    AcFlowLanes lanes() const;
    /// @param voltages  solved by `flow` with these inputs
    void evaluate(const AcInputs& inputs, const AcLanes& voltages, AcFlowLanes& result) const;

    /// Row of AcFlowLanes::current; -1: the branch is open, not fed or has no such conductor there.
    /// @param side  0 from, 1 to
    std::int32_t current(std::int64_t branch, int side, int conductor) const;

private:
    using Complex = std::complex<double>;
    Complex leg(const AcInputs& inputs, const AcLanes& voltages, std::size_t number, int lane) const;
    void add_merged(const AcInputs& inputs, const AcLanes& voltages, AcFlowLanes& result) const;

    const AcPowerFlow& flow_;
    std::vector<std::int32_t> row_;  ///< [#branch x 2 x 4]
    std::vector<int> node_, term_end_, plus_, minus_;
    std::vector<double> y_;
    std::vector<MergedCurrent> merged_;
    std::vector<std::size_t> source_legs_;  ///< of customers that the source feeds without a branch between
};

}  // namespace headroom
