#pragma once

#include <vector>

#include "formulations/flow/ac_power_flow.hpp"
#include "formulations/flow/ac_quantity.hpp"

namespace headroom {

/// Values of many quantities of a feeder at eight operating points at once.
class AcWatch {
public:
    /// @param flow        must outlive this
    /// @param quantities  of this flow's AcQuantities
    AcWatch(const AcPowerFlow& flow, std::vector<AcQuantity> quantities);

    const std::vector<AcQuantity>& quantities() const { return quantities_; }
    LaneArray values() const;  ///< of this size
    /// |S| or Re S. Allocates nothing.
    /// @param voltages  solved by the flow with these inputs, or loaded from elsewhere: status of lanes, and the slots
    ///                  that the quantities name
    /// @param value     [#quantity x lane] out; NaN in lanes without converged voltages and from `inputs.count` on
    void evaluate(const AcInputs& inputs, const AcLanes& voltages, LaneArray& value) const;

private:
    void add(int row, const AcQuantity& quantity);
    void add(const AcPhasor& phasor);

    const AcPowerFlow& flow_;
    std::vector<AcQuantity> quantities_;
    std::vector<int> difference_row_, difference_plus_, difference_minus_;  ///< |V - V|
    std::vector<int> product_row_, product_end_, whole_;                    ///< other quantities made of voltages
    std::vector<int> term_end_, plus_, minus_;
    std::vector<double> constant_, y_;
    std::vector<int> with_legs_;  ///< rows that read what customers inject, taken lane by lane
};

}  // namespace headroom
