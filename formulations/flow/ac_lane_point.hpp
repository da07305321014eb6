#pragma once

#include <complex>

#include "formulations/flow/ac_leg_current.hpp"
#include "formulations/flow/ac_power_flow.hpp"
#include "formulations/flow/ac_quantity.hpp"

namespace headroom {

/// The operating point in one lane, to read quantities at (ac_sensitivity.md, equations 2 and 3).
class AcLanePoint {
public:
    using Complex = std::complex<double>;

    /// @param flow, inputs, voltages  must outlive this
    AcLanePoint(const AcPowerFlow& flow, const AcInputs& inputs, const AcLanes& voltages, int lane)
        : flow_(flow), inputs_(inputs), voltages_(voltages), lane_(lane) {}

    Complex voltage(std::int32_t slot) const;  ///< V to ground
    LegCurrent leg(std::size_t number) const;  ///< of a leg of the network, at the customer's power
    /// A per W, per V A, at a leg's head.
    std::array<Complex, 2> leg_by_power(std::size_t number) const;
    Complex value(const AcPhasor& phasor) const;
    Complex product(const AcQuantity& quantity) const;  ///< S = sum_k u_k conj(i_k)
    double value(const AcQuantity& quantity) const;     ///< |S| or Re S

private:
    Complex across(const CustomerLeg& leg) const { return voltage(leg.head) - voltage(leg.tail); }

    const AcPowerFlow& flow_;
    const AcInputs& inputs_;
    const AcLanes& voltages_;
    int lane_;
};

}  // namespace headroom
