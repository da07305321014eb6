#pragma once

#include <complex>

#include "formulations/flow/ac_network.hpp"
#include "formulations/flow/ac_settings.hpp"

namespace headroom {

/// The current that a leg injects at its head, and its derivatives by the real and imaginary part of the voltage v
/// across it; ac_power_flow.md, equations (4) and (5).
struct LegCurrent {
    std::complex<double> i, by_real, by_imaginary;
};
LegCurrent leg_current(const CustomerLeg& leg, const AcSettings& settings, std::complex<double> power,
                       std::complex<double> v);

}  // namespace headroom
