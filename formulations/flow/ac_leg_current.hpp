#pragma once

#include <array>
#include <complex>

#include "formulations/flow/ac_network.hpp"
#include "formulations/flow/ac_settings.hpp"

namespace headroom {

/// The current that a leg injects at its head, and its derivatives by the real and imaginary part of the voltage v
/// across it; ac_power_flow.md, equations (4) to (7).
struct LegCurrent {
    std::complex<double> i, by_real, by_imaginary;
};
LegCurrent leg_current(const AcNetwork& net, const CustomerLeg& leg, const AcSettings& settings,
                       std::complex<double> power, std::complex<double> v);

/// Derivatives of that current by the P and Q that the customer injects at rated voltage, A per W and V A; what P
/// leaves to a Volt-VAr curve is held.
std::array<std::complex<double>, 2> leg_by_power(const CustomerLeg& leg, const AcSettings& settings,
                                                 std::complex<double> v);

}  // namespace headroom
