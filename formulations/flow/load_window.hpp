#pragma once

namespace headroom {

/// The window of voltage in which loads keep their declared model; outside it they change to impedances as OpenDSS has
/// it (DEFINITIONS, load models; ac_power_flow.md, equation 5). Per unit of the customer's rated voltage.
struct LoadWindow {
    double v_min = 0.95, v_max = 1.05;
    double v_low = 0.5;  ///< below this one the rated impedance
};

}  // namespace headroom
