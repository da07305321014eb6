#pragma once

namespace headroom {

/// Inside the program powers are W and prices currency per MWh; rows, forms and people have kW.
inline constexpr double watt_per_kilowatt = 1000.0;
inline constexpr double kilowatt_per_megawatt = 1000.0;

}  // namespace headroom
